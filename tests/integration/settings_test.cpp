// What each setting does on the wire, or to whoever reads.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include <boost/asio.hpp>

#include <antiphon/antiphon.hpp>
#include <antiphon/asio.hpp>
#include <antiphon/simulator.hpp>

#include "support/coroutine.hpp"
#include "support/failure.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

class Settings : public testing::Test {
 protected:
  ModelConfig config() const {
    return ModelConfig("m-1", providers::openai)
        .base_url(simulator.openai_base_url())
        .retry_config(RetryConfig().max_attempts(1));
  }
  RecordedRequest last() const { return simulator.requests().back(); }
  std::string authorization(const ModelConfig& of) const {
    EXPECT_FALSE(create_provider(of).chat("Hi").content().empty());
    return std::string(last().header("authorization"));
  }

  Simulator simulator;
};

TEST_F(Settings, TheKeyIsAValueACallbackOrOfTheEnvironment) {
  unsetenv("OPENAI_API_KEY");
  EXPECT_EQ(authorization(config()), "") << "a server of one's own needs none";
  EXPECT_EQ(authorization(config().api_key("a value")), "Bearer a value");
  setenv("OPENAI_API_KEY", "usual", 1);
  EXPECT_EQ(authorization(config()), "Bearer usual");
  unsetenv("OPENAI_API_KEY");
  setenv("KEY_OF_THE_TEST", "another", 1);
  EXPECT_EQ(authorization(config().api_key(ApiKey::environment("KEY_OF_THE_TEST"))), "Bearer another");
  unsetenv("KEY_OF_THE_TEST");

  int round = 0;
  const Provider provider = create_provider(config().api_key([&round] { return "round " + std::to_string(++round); }));
  provider.chat("Hi");
  provider.stream("Hi").collect();
  const auto requests = simulator.requests();
  EXPECT_EQ(requests[requests.size() - 2].header("authorization"), "Bearer round 1");
  EXPECT_EQ(requests.back().header("authorization"), "Bearer round 2") << "asked once per attempt";
}

TEST_F(Settings, AKeyThatCannotBeHadSendsNothing) {
  const auto throwing = []() -> std::string { throw std::runtime_error("the vault is closed"); };
  const Error thrown = chat_failure(create_provider(config().api_key(throwing)));
  EXPECT_EQ(thrown.kind(), ErrorKind::authentication);
  EXPECT_NE(thrown.message().find("the vault is closed"), std::string::npos) << thrown.what();
  const Error broken = chat_failure(create_provider(config().api_key([] { return "planted\r\nx-evil: 1"; })));
  EXPECT_EQ(broken.kind(), ErrorKind::authentication);
  EXPECT_TRUE(simulator.requests().empty());
}

TEST_F(Settings, AKeyThatTheServerSaysBackIsInNoError) {
  simulator.set_scenario(Scenario().rule(
      R"({"status": 401, "error": {"message": "Incorrect API key: sk-planted-key.", "code": "sk-planted-key"}})"));
  const ModelConfig echoed = config().api_key(planted_key).header("x-token", "planted-token");
  const Provider by_key = create_provider(echoed);
  const Provider by_callback = create_provider(ModelConfig(echoed).api_key([] { return std::string(planted_key); }));
  for (const Provider& provider : {by_key, by_callback}) {
    for (const Error& error : {chat_failure(provider), stream_failure(provider)}) {
      EXPECT_EQ(error.kind(), ErrorKind::authentication);
      EXPECT_EQ(error.provider_message(), "Incorrect API key: ***.");
      EXPECT_EQ(error.provider_code(), "***");
      EXPECT_NE(error.raw_body().find("Incorrect API key: ***"), std::string::npos);
    }
    EXPECT_EQ(without_key(provider.try_list_models().error()).kind(), ErrorKind::authentication);
  }
  // A header of one's own is as secret, whatever the status.
  simulator.set_scenario(Scenario().rule(R"({"raw": {"body": "go away, planted-token!"}})"));
  EXPECT_EQ(chat_failure(by_key).provider_message(), "go away, ***!");
}

TEST_F(Settings, HeadersOfTheModelAndOfTheCall) {
  const Provider provider = create_provider(
      config().api_key("k").header("X-Model", "model").header("x-both", "model").header("User-Agent", "mine/1"));
  provider.chat("Hi", Options().header("X-Both", "call").header("X-Call", "call"));
  EXPECT_EQ(last().header("x-model"), "model");
  EXPECT_EQ(last().header("x-call"), "call");
  EXPECT_EQ(last().header("x-both"), "call") << "the call's wins";
  EXPECT_EQ(last().header("user-agent"), "mine/1") << "the user's wins over ours";
  std::size_t both = 0;
  for (const auto& [name, value] : last().headers) both += name == "x-both" || name == "X-Both";
  EXPECT_EQ(both, 1U);
  provider.chat("Hi");
  EXPECT_EQ(last().header("x-both"), "model");
  EXPECT_EQ(last().header("x-call"), "") << "of one call only";
}

// Trap 10: a stream that something on the way compresses.
TEST_F(Settings, LargeAnswersAreAskedForCompressedAndStreamsAsTheyAre) {
  simulator.set_scenario(Scenario().rule(R"({"answer": {"text": "one two"}, "fault": {"gzip": true}})"));
  const Provider provider = create_provider(config());
  EXPECT_EQ(provider.chat("Hi").content(), "one two");
  EXPECT_EQ(last().header("accept-encoding"), "") << "small: to unfold it costs more than it saves";
  provider.list_models();
  EXPECT_EQ(last().header("accept-encoding"), "gzip");
  EXPECT_EQ(provider.stream("Hi").collect().content(), "one two") << "compressed all the same";
  EXPECT_EQ(last().header("accept-encoding"), "identity");
}

TEST_F(Settings, ACompressedStreamIsReadPieceByPiece) {
  // Trap 10: what came is read before the rest is there, which never comes.
  simulator.set_scenario(Scenario().rule(
      R"({"answer": {"chunks": ["early", "late"]}, "timing": {"stop_after_chunks": 1}, "fault": {"gzip": true}})"));
  const Provider provider = create_provider(config());
  Stream stream = provider.stream("Hi", Options().deadline(20s));
  EXPECT_EQ(stream.begin()->content(), "early");
}

TEST_F(Settings, AnAnswerIsBoundedByWhatItUnfoldsTo) {
  simulator.set_scenario(
      Scenario().rule(R"({"answer": {"generate": {"chunks": 1000, "chunk_bytes": 20000}}, "fault": {"gzip": true}})"));
  const Provider provider = create_provider(config().max_response_bytes(1'000'000));
  for (const Error& error : {chat_failure(provider), stream_failure(provider)}) {
    EXPECT_EQ(error.kind(), ErrorKind::response_too_large) << error.what();
    EXPECT_EQ(error.where(), "max_response_bytes");
  }
  EXPECT_LT(simulator.stats().bytes_written, 10'000'000U);
}

TEST_F(Settings, EventsOfTheProviderAsTheyCame) {
  simulator.set_scenario(Scenario().rule(R"({"raw": {"events": [
    {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}], "odd": 1.0}, "[DONE]"]}})"));
  const Provider provider = create_provider(config());
  std::vector<std::string> events;
  for (const Chunk& chunk : provider.stream("Hi", Options().raw_events())) {
    if (chunk.kind() == ChunkKind::raw) events.push_back(chunk.text());
  }
  ASSERT_EQ(events.size(), 2U);
  EXPECT_NE(events[0].find("\"odd\""), std::string::npos) << events[0];
  EXPECT_EQ(events[1], "[DONE]");
  for (const Chunk& chunk : provider.stream("Hi")) EXPECT_NE(chunk.kind(), ChunkKind::raw);
}

/// Our sockets that lead to that port; those of the simulator lead the other way.
std::vector<int> sockets_to(int port) {
  std::vector<int> sockets;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int socket = std::stoi(entry.path().filename());
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0 || peer.sin_family != AF_INET) continue;
    if (ntohs(peer.sin_port) == port) sockets.push_back(socket);
  }
  return sockets;
}

int socket_option(int socket, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  EXPECT_EQ(getsockopt(socket, level, name, &value, &size), 0);
  return value;
}

TEST_F(Settings, SmallWritesGoOutAtOnceAndSilentConnectionsAreKeptAlive) {
  simulator.set_scenario(Scenario().rule(R"({"answer": {"chunks": ["a", "b"]}, "timing": {"stop_after_chunks": 1}})"));
  const Provider provider = create_provider(config());
  Stream stream = provider.stream("Hi");
  ASSERT_EQ(stream.begin()->content(), "a");
  const std::vector<int> ours = sockets_to(simulator.port());
  ASSERT_EQ(ours.size(), 1U);
  EXPECT_NE(socket_option(ours[0], IPPROTO_TCP, TCP_NODELAY), 0) << "Nagle's algorithm holds small writes back";
  // While a model thinks, the first NATs forget a connection after a minute (trap 17).
  EXPECT_NE(socket_option(ours[0], SOL_SOCKET, SO_KEEPALIVE), 0);
  EXPECT_LT(socket_option(ours[0], IPPROTO_TCP, TCP_KEEPIDLE), 60);
  EXPECT_LT(socket_option(ours[0], IPPROTO_TCP, TCP_KEEPINTVL), 60);
}

std::thread::id thread_of(boost::asio::thread_pool& pool) {
  return boost::asio::post(pool, std::packaged_task<std::thread::id()>(std::this_thread::get_id)).get();
}

TEST_F(Settings, AnExecutorRunsCallbacks) {
  boost::asio::thread_pool pool(1);
  std::promise<std::thread::id> ran;
  create_provider(config()).async_chat("Hi").on(asio_executor(pool.get_executor())).then([&](Result<Response> result) {
    EXPECT_TRUE(result);
    ran.set_value(std::this_thread::get_id());
  });
  EXPECT_EQ(ran.get_future().get(), thread_of(pool));
}

Coroutine read_on(Provider provider, Executor executor, std::vector<std::thread::id>& readers) {
  Stream stream = provider.stream("Hi").on(std::move(executor));
  while (co_await stream.next()) readers.push_back(std::this_thread::get_id());
}

TEST_F(Settings, AnExecutorRunsTheReadersOfAStream) {
  simulator.set_scenario(
      Scenario().rule(R"({"answer": {"text": "one two three"}, "timing": {"between_chunks_ms": 20}})"));
  boost::asio::thread_pool pool(1);
  std::vector<std::thread::id> readers;
  read_on(create_provider(config()), asio_executor(pool.get_executor()), readers).wait();
  EXPECT_GE(readers.size(), 3U);
  for (const auto& reader : readers) EXPECT_EQ(reader, thread_of(pool));
}

TEST_F(Settings, TheShortFormIsAModelConfigToo) {
  const ModelConfig parsed = parse_model("ollama/library/llama3.2:1b");
  EXPECT_EQ(parsed.provider().name(), "ollama");
  EXPECT_EQ(parsed.model(), "library/llama3.2:1b") << "the first slash parts them";
  const Provider provider = create_provider(ModelConfig(parsed).base_url(simulator.ollama_base_url()));
  EXPECT_EQ(provider.name(), "ollama/library/llama3.2:1b");
  EXPECT_FALSE(provider.chat("Hi").content().empty());
  EXPECT_EQ(last().target, "/api/chat");
  EXPECT_NE(last().body.find("library/llama3.2:1b"), std::string::npos);
  setenv("OLLAMA_HOST", ("127.0.0.1:" + std::to_string(simulator.port())).c_str(), 1);
  EXPECT_FALSE(create_provider("ollama/other").chat("Hi").content().empty());
  unsetenv("OLLAMA_HOST");
  EXPECT_NE(last().body.find("\"other\""), std::string::npos);
}

TEST_F(Settings, BaseUrlsOfTheEnvironment) {
  setenv("OPENAI_BASE_URL", simulator.openai_base_url().c_str(), 1);
  EXPECT_FALSE(create_provider(ModelConfig("m-1", providers::openai).api_key("k")).chat("Hi").content().empty());
  unsetenv("OPENAI_BASE_URL");
  EXPECT_EQ(simulator.requests().size(), 1U);
}

TEST_F(Settings, ModelsAreListedAndProvidersKnown) {
  simulator.set_scenario(Scenario().model("first").model("second"));
  const std::vector<ModelInfo> models = create_provider(config().api_key("k")).list_models();
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[1].id(), "second");
  EXPECT_NE(models[1].raw().text().find("\"second\""), std::string::npos);
  EXPECT_EQ(last().header("authorization"), "Bearer k");
  simulator.set_scenario(Scenario().rule(R"({"status": 404, "error": {"message": "no such path"}})"));
  const Result<std::vector<ModelInfo>> turned_away = create_provider(config()).try_list_models();
  ASSERT_FALSE(turned_away);
  EXPECT_EQ(turned_away.error().kind(), ErrorKind::not_found);
  bool found = false;
  for (const ProviderRow& known : known_providers()) {
    if (known.name() != "openai") continue;
    found = true;
    EXPECT_EQ(known.key_variable(), "OPENAI_API_KEY");
    EXPECT_EQ(known.base_url(), "https://api.openai.com/v1");
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace antiphon::test
