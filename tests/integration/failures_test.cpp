// Everything that can go wrong on the way, each taken for real: typed, with its place, with what had arrived.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fcntl.h>

#include <future>
#include <latch>
#include <memory>

#include <antiphon/antiphon.hpp>

#include "integration/one_attempt.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"
#include "support/silent_port.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

Error failure(const Provider& provider, const Messages& messages = "Hi", const Options& options = Options()) {
  const Result<Response> result = provider.try_chat(messages, options);
  if (result) {
    ADD_FAILURE() << "no error but: " << result->content();
    return Error(ErrorKind::internal, "none");
  }
  EXPECT_EQ(std::string(result.error().what()).find("sk-planted-key"), std::string::npos);
  return result.error();
}

Error failure_of_stream(const Provider& provider, const Options& options = Options(), std::string* text = nullptr) {
  try {
    for (const Chunk& chunk : provider.stream("Hi", options)) {
      if (text) *text += chunk.content();
    }
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("sk-planted-key"), std::string::npos);
    return error;
  }
  ADD_FAILURE() << "the stream ended well";
  return Error(ErrorKind::internal, "none");
}

Error config_failure(const ModelConfig& config) {
  try {
    create_provider(config);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config) << error.what();
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorKind::internal, "none");
}

/// Sends `wire` in answer to every request, then does `after`.
RawServer::Handler sending(std::string wire, std::function<void(RawConnection&)> after = nullptr) {
  return [wire = std::move(wire), after = std::move(after)](RawConnection& connection, int) {
    if (connection.read_request().empty()) return;
    connection.write(wire);
    if (after) after(connection);
  };
}

void hold(RawConnection& connection) { connection.wait_for_close(); }

TEST(Configuration, MistakesAreNamed) {
  unsetenv("OPENAI_API_KEY");
  const Error unknown = config_failure(ModelConfig("m", "nobody"));
  EXPECT_EQ(unknown.where(), "provider");
  EXPECT_NE(unknown.message().find("openai"), std::string::npos) << "names those that exist: " << unknown.message();
  const Error key = config_failure(ModelConfig("m", providers::openai));
  EXPECT_EQ(key.where(), "api_key");
  EXPECT_NE(key.message().find("OPENAI_API_KEY"), std::string::npos);
  EXPECT_EQ(config_failure(ModelConfig("m", providers::openai).api_key(ApiKey::environment("NO_SUCH"))).where(),
            "api_key");
  EXPECT_EQ(config_failure(ModelConfig("", providers::ollama)).where(), "model");
  for (const char* url :
       {"example.com", "ftp://x", "http://", "http://a b", "http://user:pw@host", "http://bücher.example"}) {
    EXPECT_EQ(config_failure(ModelConfig("m", providers::ollama).base_url(url)).where(), "base_url") << url;
  }
  EXPECT_EQ(config_failure(ModelConfig("m", providers::ollama).header("bad name", "v")).where(), "header");
  EXPECT_EQ(config_failure(ModelConfig("m", providers::ollama).header("n", "a\r\nb")).where(), "header");
  EXPECT_EQ(config_failure(ModelConfig("m", providers::ollama).timeouts(Timeouts().idle(0s))).where(), "timeouts.idle");
  EXPECT_EQ(config_failure(ModelConfig("m", providers::ollama).max_response_bytes(0)).where(), "max_response_bytes");
  for (const char* name : {"", "llama", "/m", "ollama/"}) {
    EXPECT_THROW(create_provider(name), Error) << name;
  }
}

TEST(Request, MistakesAreNamedAndNothingIsSent) {
  RawServer server(answering({"x"}));
  const Provider provider = create_provider(config_for(server.url("/v1")));
  const auto place = [&](const Messages& messages, const Options& options = Options()) {
    const Error error = failure(provider, messages, options);
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << error.what();
    return error.where();
  };
  EXPECT_EQ(place(Messages()), "messages");
  EXPECT_EQ(place(Messages().user("ok").user("bad \xff byte")), "messages/1/content/0");
  EXPECT_EQ(place("Hi", Options().temperature(std::numeric_limits<double>::quiet_NaN())), "temperature");
  EXPECT_EQ(place("Hi", Options().temperature(-1)), "temperature");
  EXPECT_EQ(place("Hi", Options().top_p(1.5)), "top_p");
  EXPECT_EQ(place("Hi", Options().max_tokens(0)), "max_tokens");
  EXPECT_EQ(place("Hi", Options().n(0)), "n");
  EXPECT_EQ(place(Messages().system("no user"), Options().images("data:image/png;base64,AA==")), "images");
  EXPECT_EQ(server.connections(), 0);
}

TEST(Request, WhereTheBodyEndsIsNotForOthersToSay) {
  RawServer server(answering({"x"}));
  for (const char* name : {"Content-Length", "transfer-encoding"}) {
    const Error error = failure(create_provider(config_for(server.url("/v1")).header(name, "5")));
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), std::string("header ") + name);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(Answer, WhatComesBeforeAndBehindItIsNoPartOfIt) {
  const std::string stream = stream_head() + http_chunk(whole_stream({"fine"})) + "0\r\nx-checksum: 7\r\n\r\n";
  for (const char* before : {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"}) {
    RawServer server(sending(before + stream, hold));
    std::string text;
    for (const Chunk& chunk : create_provider(config_for(server.url("/v1"))).stream("Hi")) text += chunk.content();
    EXPECT_EQ(text, "fine");
  }
}

TEST(Answer, ThatIsAlwaysAnnouncedAndNeverComesIsAnError) {
  std::string announced;
  for (int i = 0; i < 20'000; ++i) announced += "HTTP/1.1 102 Processing\r\n\r\n";
  RawServer server(sending(announced, hold));
  EXPECT_EQ(failure(create_provider(config_for(server.url("/v1")))).kind(), ErrorKind::response_too_large);
}

TEST(Answer, InAnotherProtocolThanWasAskedForIsNotRead) {
  RawServer server(sending("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n" +
                               chunk_event("not an answer"),
                           hold));
  std::string text;
  const Error error = failure_of_stream(create_provider(config_for(server.url("/v1"))), Options(), &text);
  EXPECT_EQ(error.kind(), ErrorKind::protocol) << error.what();
  EXPECT_EQ(text, "");
}

TEST(Answer, ThatGrowsWithoutBoundsWhenUnpackedIsNoStream) {
  for (const char* encoding : {"zstd", "br", "gzip, zstd"}) {
    RawServer server(sending(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: " + std::string(encoding) + "\r\n\r\n",
        hold));
    const Error error = failure_of_stream(create_provider(config_for(server.url("/v1"))));
    EXPECT_EQ(error.kind(), ErrorKind::protocol) << error.what();
    EXPECT_NE(error.message().find("compressed"), std::string::npos) << error.what();
  }
}

TEST(Network, ConnectionRefused) {
  const Error error = failure(create_provider(config_for("http://127.0.0.1:" + std::to_string(closed_port()))));
  EXPECT_EQ(error.kind(), ErrorKind::connection);
  EXPECT_EQ(error.provider(), "openai/m-1");
  ASSERT_EQ(error.attempts().size(), 1U);
  EXPECT_EQ(error.attempts()[0].error(), ErrorKind::connection);
}

TEST(Network, UnknownHost) {
  const Error error = failure(create_provider(config_for("http://no-such-host.invalid/v1")));
  EXPECT_EQ(error.kind(), ErrorKind::dns);
  EXPECT_EQ(error.where(), "base_url");
  EXPECT_NE(error.message().find("no-such-host.invalid"), std::string::npos);
}

TEST(Network, ALookUpThatHangsStallsNobodyAndCanBeCancelled) {
  // The look-up outlives the test.
  const auto go = std::make_shared<std::latch>(1);
  RawServer server(answering({"fine"}));
  const Engine engine(EngineOptions().resolver([go](const std::string& host) -> std::vector<std::string> {
    if (host == "hangs.test") go->wait();
    return {"127.0.0.1"};
  }));
  const ProviderOptions on_engine = ProviderOptions().engine(engine);
  const Provider hanging = create_provider(config_for("http://hangs.test:1/v1"), on_engine);
  const Provider working =
      create_provider(config_for("http://works.test:" + std::to_string(server.port()) + "/v1"), on_engine);

  std::stop_source stop;
  std::promise<Result<Response>> hung;
  hanging.async_chat("Hi", Options().cancel_on(stop.get_token())).then([&](Result<Response> r) {
    hung.set_value(std::move(r));
  });
  EXPECT_EQ(working.chat("Hi").content(), "fine");

  const Error timeout = failure(hanging, "Hi", Options().timeouts(Timeouts().connect(50ms)));
  EXPECT_EQ(timeout.kind(), ErrorKind::timeout);
  EXPECT_EQ(timeout.where(), "timeouts.connect");

  const auto asked = std::chrono::steady_clock::now();
  stop.request_stop();
  const Result<Response> result = hung.get_future().get();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, 1s);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
  go->count_down();
}

TEST(Network, TlsToAServerThatHasNone) {
  RawServer server([](RawConnection& connection, int) {
    connection.read_some();
    connection.write("this is not TLS at all\r\n\r\n");
  });
  const Error error = failure(create_provider(config_for("https://127.0.0.1:" + std::to_string(server.port()))));
  EXPECT_EQ(error.kind(), ErrorKind::tls) << error.what();
}

TEST(Network, NoFileDescriptorsLeft) {
  RawServer server(answering({"x"}));
  const Provider provider = create_provider(config_for(server.url("/v1")));
  provider.chat("warm up, on a connection that is then closed by its server");
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const Provider other = create_provider(config_for("http://127.0.0.1:" + std::to_string(closed_port())));
  // Every descriptor is taken, so the next socket cannot be had.
  std::vector<int> taken;
  rlimit low = before;
  low.rlim_cur = 128;
  setrlimit(RLIMIT_NOFILE, &low);
  for (int fd; (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken.push_back(fd);
  const Error error = failure(other);
  for (const int fd : taken) close(fd);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(error.kind(), ErrorKind::connection);
  EXPECT_NE(error.message().find("open files"), std::string::npos) << error.message();
}

TEST(Timeout, Connect) {
  const SilentPort port;
  const Error error = failure(create_provider(config_for(port.url()).timeouts(Timeouts().connect(30ms))));
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_EQ(error.where(), "timeouts.connect");
  EXPECT_NE(error.message().find("before there was a TCP connection"), std::string::npos) << error.message();
}

TEST(Timeout, ConnectThroughAProxy) {
  RawServer proxy(never_answering);
  const ModelConfig config = config_for("https://127.0.0.1:" + std::to_string(closed_port()))
                                 .proxy(proxy.url())
                                 .timeouts(Timeouts().connect(300ms));
  const Error error = failure(create_provider(config));
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_EQ(error.where(), "timeouts.connect");
  EXPECT_NE(error.message().find("on the way through the proxy"), std::string::npos) << error.message();
}

TEST(Timeout, EachPhaseOfAStream) {
  const std::string ping = http_chunk(": ping\n\n");
  struct Case {
    std::string wire;
    Timeouts timeouts;
    const char* where;
    const char* arrived;
  };
  const Case cases[] = {
      {"", Timeouts().idle(60ms), "timeouts.idle", ""},
      {stream_head() + http_chunk(chunk_event("some")), Timeouts().idle(60ms), "timeouts.idle", "some"},
      {stream_head() + ping + ping, Timeouts().first_content(60ms), "timeouts.first_content", ""},
      {stream_head() + http_chunk(chunk_event("some")) + ping, Timeouts().between_chunks(60ms),
       "timeouts.between_chunks", "some"},
      {stream_head() + http_chunk(chunk_event("some")), Timeouts().total(80ms), "timeouts.total", "some"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.where);
    RawServer server(sending(c.wire, hold));
    std::string text;
    const Error error =
        failure_of_stream(create_provider(config_for(server.url("/v1"))), Options().timeouts(c.timeouts), &text);
    EXPECT_EQ(error.kind(), ErrorKind::timeout);
    EXPECT_EQ(error.where(), c.where);
    EXPECT_EQ(text, c.arrived);
    EXPECT_EQ(error.partial() ? error.partial()->content() : "", c.arrived);
  }
}

TEST(Timeout, Deadline) {
  RawServer server(never_answering);
  const Provider provider = create_provider(config_for(server.url("/v1")));
  const Error error = failure(provider, "Hi", Options().deadline(40ms));
  EXPECT_EQ(error.kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(error.where(), "deadline");
  const int before = server.connections();
  const Error past = failure(provider, "Hi", Options().deadline(std::chrono::steady_clock::now() - 1s));
  EXPECT_EQ(past.kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(server.connections(), before) << "nothing is sent after the deadline";
}

TEST(Answer, ErrorStatusesHaveTheirKinds) {
  struct Case {
    int status;
    const char* body;
    ErrorKind kind;
    const char* code;
  };
  const Case cases[] = {
      {400, R"({"error":{"message":"no","type":"invalid_request_error","code":"unsupported_parameter"}})",
       ErrorKind::invalid_request, "unsupported_parameter"},
      {400, R"({"error":{"message":"long","type":"invalid_request_error","code":"context_length_exceeded"}})",
       ErrorKind::context_window_exceeded, "context_length_exceeded"},
      {401, R"({"error":{"message":"bad key","type":"invalid_request_error","code":"invalid_api_key"}})",
       ErrorKind::authentication, "invalid_api_key"},
      {403, R"({"error":{"message":"no","type":"x","code":null}})", ErrorKind::permission, "x"},
      {404, R"({"error":{"message":"no model","type":"invalid_request_error","code":"model_not_found"}})",
       ErrorKind::not_found, "model_not_found"},
      {413, "too big", ErrorKind::request_too_large, ""},
      {429, R"({"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded"}})", ErrorKind::rate_limited,
       "rate_limit_exceeded"},
      {429, R"({"error":{"message":"pay","type":"insufficient_quota","code":"insufficient_quota"}})",
       ErrorKind::quota_exceeded, "insufficient_quota"},
      {500, R"({"error":{"message":"oops","type":"server_error","code":null}})", ErrorKind::server_error,
       "server_error"},
      {502, "<html><body>Bad Gateway</body></html>", ErrorKind::server_error, ""},
      {503, R"({"error":{"message":"busy","type":"server_error","code":"overloaded"}})", ErrorKind::overloaded,
       "overloaded"},
  };
  for (const Case& c : cases) {
    for (const bool streamed : {false, true}) {
      SCOPED_TRACE(std::to_string(c.status) + c.body);
      RawServer server(sending(
          http_answer(c.body, "application/json", c.status, "x-request-id: req-9\r\nretry-after: 3\r\n"), hold));
      const Provider provider = create_provider(config_for(server.url("/v1")));
      const Error error = streamed ? failure_of_stream(provider) : failure(provider);
      EXPECT_EQ(error.kind(), c.kind) << error.what();
      EXPECT_EQ(error.http_status(), c.status);
      EXPECT_EQ(error.provider_code(), c.code);
      EXPECT_EQ(error.request_id(), "req-9");
      EXPECT_EQ(error.raw_body(), c.body);
      EXPECT_EQ(error.provider(), "openai/m-1");
      if (c.status == 429) {
        EXPECT_EQ(error.retry_after(), 3000ms);
      }
    }
  }
}

TEST(Answer, ARedirectIsAnErrorAndTheKeyStaysHere) {
  RawServer target(answering({"stolen"}));
  RawServer server(sending("HTTP/1.1 307 Temporary Redirect\r\nlocation: " + target.url("/v1/chat/completions") +
                               "\r\ncontent-length: 0\r\n\r\n",
                           hold));
  const Error error = failure(create_provider(config_for(server.url("/v1"))));
  EXPECT_EQ(error.kind(), ErrorKind::redirected);
  EXPECT_EQ(error.http_status(), 307);
  EXPECT_NE(error.message().find(std::to_string(target.port())), std::string::npos) << error.message();
  EXPECT_EQ(target.connections(), 0);
}

TEST(Answer, CutsOfEveryKind) {
  const std::string some = http_chunk(chunk_event("some"));
  struct Case {
    const char* name;
    std::string wire;
    bool reset;
    ErrorKind kind;
    const char* arrived;
  };
  const Case cases[] = {
      {"closed before an answer", "", false, ErrorKind::connection, ""},
      {"reset before an answer", "", true, ErrorKind::connection, ""},
      {"cut inside the headers", "HTTP/1.1 200 OK\r\ncontent-ty", false, ErrorKind::connection, ""},
      {"cut after content", stream_head() + some, false, ErrorKind::truncated, "some"},
      {"reset after content", stream_head() + some, true, ErrorKind::truncated, "some"},
      {"ended without a finish mark", stream_head() + some + "0\r\n\r\n", false, ErrorKind::truncated, "some"},
      {"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", false, ErrorKind::protocol, ""},
      {"broken JSON", stream_head() + some + http_chunk("data: {\"choices\":[{\"del\n\n") + "0\r\n\r\n", false,
       ErrorKind::protocol, "some"},
      {"error in the middle",
       stream_head() + some + http_chunk("data: {\"error\":{\"message\":\"boom\"}}\n\n") + "0\r\n\r\n", false,
       ErrorKind::server_error, "some"},
      {"an HTML page", http_answer("<html>Welcome to the hotel wifi</html>", "text/html"), false, ErrorKind::protocol,
       ""},
      {"nothing at all", http_answer("", "text/event-stream"), false, ErrorKind::truncated, ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    RawServer server(sending(c.wire, [&](RawConnection& connection) {
      if (c.reset) connection.reset();
    }));
    std::string text;
    const Error error = failure_of_stream(create_provider(config_for(server.url("/v1"))), Options(), &text);
    if (c.reset && *c.arrived) {
      // A reset may destroy what had not been read yet.
      EXPECT_TRUE(error.kind() == ErrorKind::truncated || error.kind() == ErrorKind::connection) << error.what();
      continue;
    }
    EXPECT_EQ(error.kind(), c.kind) << error.what();
    EXPECT_EQ(text, c.arrived);
    EXPECT_EQ(error.partial() ? error.partial()->content() : "", c.arrived);
  }
}

TEST(Answer, IsBounded) {
  RawServer long_body(sending(http_answer(chat_answer(std::string(200'000, 'x'))), hold));
  const Error whole = failure(create_provider(config_for(long_body.url("/v1")).max_response_bytes(100'000)));
  EXPECT_EQ(whole.kind(), ErrorKind::response_too_large);
  RawServer long_event(sending(stream_head() + http_chunk("data: " + std::string(200'000, 'x')), hold));
  const Error event = failure_of_stream(create_provider(config_for(long_event.url("/v1")).max_response_bytes(100'000)));
  EXPECT_EQ(event.kind(), ErrorKind::response_too_large);
  std::string headers = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 400; ++i) headers += "x-" + std::to_string(i) + ": " + std::string(1000, 'h') + "\r\n";
  RawServer long_head(sending(headers + "\r\n", hold));
  EXPECT_EQ(failure(create_provider(config_for(long_head.url("/v1")))).kind(), ErrorKind::response_too_large);
}

TEST(Connection, ARequestIsSentAtMostOnce) {
  // The second request on the kept-alive connection is read, and the connection closed without an answer: libcurl
  // alone would silently send it again.
  std::atomic<int> received = 0;
  RawServer server([&](RawConnection& connection, int number) {
    std::string request;
    for (int i = 0; !(request = connection.read_request()).empty(); ++i) {
      ++received;
      if (number == 0 && i == 1) return;
      connection.write(http_answer(chat_answer("fine")));
    }
  });
  const Provider provider = create_provider(config_for(server.url("/v1")));
  EXPECT_EQ(provider.chat("one").content(), "fine");
  const Error error = failure(provider, "two");
  EXPECT_EQ(error.kind(), ErrorKind::connection);
  EXPECT_EQ(error.attempts().size(), 1U);
  EXPECT_EQ(received, 2) << "one request per attempt";
  EXPECT_EQ(provider.chat("three").content(), "fine");
  EXPECT_EQ(received, 3);
}

TEST(Cancelling, ClosesTheConnectionAtOnce) {
  std::promise<void> closed;
  RawServer server([&](RawConnection& connection, int) {
    connection.read_request();
    connection.write(stream_head() + http_chunk(chunk_event("some")));
    connection.wait_for_close();
    closed.set_value();
  });
  const Provider provider = create_provider(config_for(server.url("/v1")));
  for (const Chunk& chunk : provider.stream("Hi")) {
    EXPECT_EQ(chunk.content(), "some");
    break;
  }
  EXPECT_EQ(closed.get_future().wait_for(10s), std::future_status::ready);
}

TEST(Cancelling, GivesAnErrorWithWhatHadArrived) {
  RawServer server(sending(stream_head() + http_chunk(chunk_event("some")), hold));
  const Provider provider = create_provider(config_for(server.url("/v1")));
  for (const bool by_token : {true, false}) {
    std::stop_source stop;
    Stream stream = provider.stream("Hi", Options().cancel_on(stop.get_token()));
    auto chunk = stream.begin();
    EXPECT_EQ(chunk->content(), "some");
    by_token ? (void)stop.request_stop() : stream.cancel();
    stream.cancel();
    try {
      ++chunk;
      FAIL() << "a cancelled stream looks finished";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::cancelled);
      ASSERT_NE(error.partial(), nullptr);
      EXPECT_EQ(error.partial()->content(), "some");
    }
  }
}

TEST(Cancelling, BeforeTheStartSendsNothing) {
  RawServer server(answering({"x"}));
  const Provider provider = create_provider(config_for(server.url("/v1")));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(failure(provider, "Hi", Options().cancel_on(stop.get_token())).kind(), ErrorKind::cancelled);
  Stream stream = provider.stream("Hi");
  stream.cancel();
  EXPECT_THROW(stream.begin(), Error);
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace antiphon::test
