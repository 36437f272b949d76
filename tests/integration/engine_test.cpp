// An engine put together by its user: transport, scheduler, look-up of names. And one that cannot be had.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <antiphon/antiphon.hpp>

#include "integration/one_attempt.hpp"
#include "support/failure.hpp"
#include "support/openai_wire.hpp"
#include "support/poll_loop.hpp"
#include "support/raw_server.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

ScriptedTransport::Server answering_slowly(std::chrono::nanoseconds after) {
  return [after](const HttpRequest&) {
    Script script;
    script.connect().head(200, {{"content-type", "application/json"}}).bytes(chat_answer("scripted"), after).end();
    return script;
  };
}

TEST(OwnTransport, OnTheEnginesThread) {
  std::atomic<int> made = 0;
  std::thread::id maker;
  const Engine engine(EngineOptions().transport([&](Scheduler& scheduler) -> std::unique_ptr<HttpTransport> {
    EXPECT_TRUE(scheduler.on_thread());
    ++made;
    maker = std::this_thread::get_id();
    return std::make_unique<ScriptedTransport>(scheduler, answering_slowly(1ms));
  }));
  const Provider provider = create_provider(config_for("http://nowhere.invalid/v1"), ProviderOptions().engine(engine));
  EXPECT_EQ(provider.chat("Hi").content(), "scripted");
  EXPECT_EQ(provider.chat("Hi").content(), "scripted");
  EXPECT_EQ(made, 1);
  EXPECT_NE(maker, std::this_thread::get_id());
}

TEST(OwnScheduler, RunsWholeCallsOnItsClock) {
  VirtualScheduler scheduler;
  const Engine engine(EngineOptions().scheduler(scheduler).transport(
      [](Scheduler& s) { return std::make_unique<ScriptedTransport>(s, answering_slowly(5min)); }));
  const Provider provider = create_provider(config_for("http://nowhere.invalid/v1"), ProviderOptions().engine(engine));
  const auto began = scheduler.steady_now();
  std::optional<Result<Response>> result;
  provider.async_chat("Hi").then([&](Result<Response> r) { result = std::move(r); });
  EXPECT_FALSE(result);
  scheduler.run();
  ASSERT_TRUE(result && *result);
  EXPECT_EQ((*result)->content(), "scripted");
  EXPECT_EQ((*result)->duration(), 5min);
  EXPECT_EQ(scheduler.steady_now() - began, 5min);

  std::optional<Result<Response>> late;
  provider.async_chat("Hi", Options().deadline(1min)).then([&](Result<Response> r) { late = std::move(r); });
  scheduler.run();
  ASSERT_TRUE(late);
  EXPECT_EQ(failure_of(*late).kind(), ErrorKind::deadline_exceeded);
}

TEST(OwnScheduler, NeedsATransportOfItsOwn) {
  VirtualScheduler scheduler;
  const Engine engine(EngineOptions().scheduler(scheduler));
  const Provider provider = create_provider(config_for("http://nowhere.invalid/v1"), ProviderOptions().engine(engine));
  std::optional<Result<Response>> result;
  provider.async_chat("Hi").then([&](Result<Response> r) { result = std::move(r); });
  scheduler.run();
  ASSERT_TRUE(result);
  const Error error = failure_of(*result);
  EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
  EXPECT_EQ(error.where(), "engine.transport");
}

TEST(OwnScheduler, ThatWatchesSocketsNeedsNoTransport) {
  RawServer server(answering({"Hel", "lo"}));
  PollLoop loop;
  std::string whole;
  std::string streamed;
  {
    const Engine engine(EngineOptions().scheduler(loop));
    const Provider provider = create_provider(config_for(server.url("/v1")), ProviderOptions().engine(engine));
    for (int round = 0; round < 2; ++round) {
      provider.async_chat("Hi").then([&](Result<Response> r) { whole += r.value().content(); });
      provider.stream("Hi")
          .for_each([&](const Chunk& chunk) { streamed += chunk.content(); })
          .then([](Result<Response> r) { EXPECT_TRUE(r); });
      loop.run();
    }
    EXPECT_EQ(loop.sockets(), 2U) << "of two connections, which are kept";
  }
  // What the end of the engine has left to do.
  loop.run();
  EXPECT_EQ(whole + streamed, "HelloHelloHelloHello");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(loop.sockets(), 0U);
}

TEST(OwnScheduler, SocketsAreLetGoBeforeTheyAreClosed) {
  RawServer server(never_answering);
  PollLoop loop;
  std::optional<Engine> engine(EngineOptions().scheduler(loop));
  const Provider provider = create_provider(config_for(server.url("/v1")), ProviderOptions().engine(*engine));
  int ended = 0;
  for (int i = 0; i < 10; ++i) provider.async_chat("Hi").then([&](const Result<Response>&) { ++ended; });
  // The end comes as soon as they are there: before libcurl has looked whether they are connected.
  std::function<void()> look = [&] {
    if (loop.sockets() < 10) return loop.post(look);
    engine.reset();
  };
  loop.post(look);
  loop.run();
  loop.run();
  EXPECT_EQ(ended, 10);
  EXPECT_EQ(loop.sockets(), 0U);
  EXPECT_EQ(loop.let_go_too_late(), 0);
}

TEST(OwnScheduler, TheLastOneCounts) {
  PollLoop loop;
  VirtualScheduler scheduler;
  EngineOptions options = EngineOptions().scheduler(loop);
  EXPECT_EQ(options.scheduler(), &loop);
  EXPECT_EQ(options.socket_scheduler(), &loop);
  options.scheduler(scheduler);
  EXPECT_EQ(options.scheduler(), &scheduler);
  EXPECT_EQ(options.socket_scheduler(), nullptr);
}

TEST(OwnTransport, ThatCannotBeMadeFailsItsCalls) {
  const auto throwing = [](Scheduler&) -> std::unique_ptr<HttpTransport> { throw std::runtime_error("no transport"); };
  const Engine engine(EngineOptions().transport(throwing));
  const Error error = chat_failure(create_provider(config_for("http://x/v1"), ProviderOptions().engine(engine)));
  EXPECT_EQ(error.kind(), ErrorKind::internal);
  EXPECT_EQ(error.where(), "engine.transport");
  EXPECT_NE(error.message().find("no transport"), std::string::npos) << error.what();

  const Engine other(EngineOptions().transport([](Scheduler&) -> std::unique_ptr<HttpTransport> { throw 7; }));
  const Error odd = chat_failure(create_provider(config_for("http://x/v1"), ProviderOptions().engine(other)));
  EXPECT_EQ(odd.kind(), ErrorKind::internal);
  EXPECT_EQ(odd.where(), "engine.transport");
}

TEST(Resolver, OfOnesOwnGivesAddressesOrNone) {
  RawServer server(answering({"fine"}));
  const std::string port = std::to_string(server.port());
  const Engine engine(EngineOptions().resolver([](const std::string& host) -> std::vector<std::string> {
    if (host == "throws.test") throw std::runtime_error("the book of names is lost");
    if (host == "odd.test") return {"no address"};
    return host == "known.test" ? std::vector<std::string>{"127.0.0.1"} : std::vector<std::string>();
  }));
  const auto ask = [&](const std::string& host) {
    return create_provider(config_for("http://" + host + ":" + port + "/v1"), ProviderOptions().engine(engine));
  };
  EXPECT_EQ(ask("known.test").chat("Hi").content(), "fine");
  for (const char* host : {"unknown.test", "throws.test", "odd.test"}) {
    const Error error = chat_failure(ask(host));
    EXPECT_EQ(error.kind(), ErrorKind::dns) << error.what();
    EXPECT_EQ(error.where(), "base_url");
    EXPECT_NE(error.message().find(host), std::string::npos) << error.what();
  }
}

TEST(Resolver, ForgetsHostsThatManyOthersWereAskedForSince) {
  RawServer server(answering({"fine"}));
  std::mutex mutex;
  std::map<std::string, int> look_ups;
  const Engine engine(EngineOptions().resolver([&](const std::string& host) -> std::vector<std::string> {
    const std::lock_guard lock(mutex);
    ++look_ups[host];
    return {"127.0.0.1"};
  }));
  const auto ask = [&](int number) {
    const std::string host = "host" + std::to_string(number) + ".test";
    const std::string url = "http://" + host + ":" + std::to_string(server.port()) + "/v1";
    EXPECT_EQ(create_provider(config_for(url), ProviderOptions().engine(engine)).chat("Hi").content(), "fine");
    const std::lock_guard lock(mutex);
    return look_ups[host];
  };
  constexpr int last = 300;
  for (int number = 0; number <= last; ++number) EXPECT_EQ(ask(number), 1);
  EXPECT_EQ(ask(last), 1);
  EXPECT_EQ(ask(0), 2);
}

/// Every file descriptor is taken for as long as this lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    low.rlim_cur = 256;
    setrlimit(RLIMIT_NOFILE, &low);
    for (int fd; (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken_.push_back(fd);
  }
  ~NoDescriptors() {
    for (const int fd : taken_) close(fd);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(FileDescriptors, NoneForAnEngine) {
  const NoDescriptors none;
  try {
    const Engine engine;
    FAIL() << "it could be made";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::internal);
    EXPECT_NE(error.message().find("open files"), std::string::npos) << error.what();
  }
}

TEST(FileDescriptors, NoneForASocketOrALookUp) {
  RawServer server(answering({"fine"}));
  const Engine engine;
  const ProviderOptions on_engine = ProviderOptions().engine(engine);
  const std::string port = std::to_string(server.port());
  const Provider by_address = create_provider(config_for("http://127.0.0.1:" + port + "/v1"), on_engine);
  const Provider by_name = create_provider(config_for("http://some-name.invalid:" + port + "/v1"), on_engine);
  // The transport is there.
  EXPECT_EQ(by_address.chat("Hi").content(), "fine");
  {
    const NoDescriptors none;
    for (const Error& error : {stream_failure(by_address), chat_failure(by_name)}) {
      EXPECT_TRUE(error.kind() == ErrorKind::connection || error.kind() == ErrorKind::dns) << error.what();
      EXPECT_NE(error.message().find("open files"), std::string::npos) << error.what();
    }
    EXPECT_EQ(by_address.chat("Hi").content(), "fine") << "on the connection that is there";
  }
  EXPECT_EQ(by_address.stream("Hi").collect().content(), "fine") << "and afterwards all is well";
}

}  // namespace
}  // namespace antiphon::test
