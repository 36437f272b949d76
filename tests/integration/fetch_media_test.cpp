// Files given by URL, over real sockets: one server has the picture, another one is the model's.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stop_token>
#include <string>

#include <antiphon/antiphon.hpp>

#include "support/ollama_answers.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

const std::string png = "\x89PNG\r\n\x1a\n";
constexpr const char* png_in_base64 = "\"images\":[\"iVBORw0KGgo=\"]";

/// Answers each request with that.
RawServer::Handler saying(std::string answer) {
  return [answer = std::move(answer)](RawConnection& connection, int) {
    while (!connection.read_request().empty()) connection.write(answer);
  };
}

class FetchMediaOverSockets : public testing::Test {
 protected:
  Provider provider(const Engine& engine) const {
    return create_provider(ModelConfig("m-2", providers::ollama).base_url(model.url()),
                           ProviderOptions().engine(engine));
  }
  Result<Response> ask(const std::string& url, FetchPolicy policy, const Engine& engine = Engine()) const {
    const Messages messages = Messages().add(Message(Role::user, "What is this?").add(Part::image_url(url)));
    return provider(engine).try_chat(messages, Options().fetch_urls(policy));
  }
  Error failure(const std::string& url, FetchPolicy policy, const Engine& engine = Engine()) const {
    Result<Response> result = ask(url, policy, engine);
    EXPECT_EQ(asked, 0) << "the model is not asked";
    if (result) return Error(ErrorKind::internal, "there was no failure");
    EXPECT_EQ(result.error().where(), "messages/0/content/1/url");
    return result.error();
  }
  static FetchPolicy local() { return FetchPolicy().private_addresses(); }

  mutable std::atomic<int> asked = 0;
  std::promise<std::string> body;
  RawServer model{[this](RawConnection& connection, int) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      if (++asked == 1) body.set_value(request);
      connection.write(http_answer(ollama_answer("a cat")));
    }
  }};
};

TEST_F(FetchMediaOverSockets, ThePictureReachesTheModel) {
  std::promise<std::string> seen;
  RawServer pictures([&](RawConnection& connection, int) {
    seen.set_value(connection.read_request());
    connection.write(http_answer(png, "image/png"));
  });
  const Result<Response> result = ask(pictures.url("/cat.png?size=2"), local());
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "a cat");
  const std::string request = seen.get_future().get();
  EXPECT_TRUE(request.starts_with("GET /cat.png?size=2 HTTP/1.1\r\n")) << request;
  EXPECT_NE(body.get_future().get().find(png_in_base64), std::string::npos);
}

TEST_F(FetchMediaOverSockets, BehindARedirect) {
  RawServer pictures([](RawConnection& connection, int) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      const bool first = request.starts_with("GET /old ");
      connection.write(first ? http_answer("gone", "text/plain", 302, "location: /new\r\n")
                             : http_answer(png, "application/octet-stream"));
    }
  });
  const Result<Response> result = ask(pictures.url("/old"), local());
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_NE(body.get_future().get().find(png_in_base64), std::string::npos);
}

TEST_F(FetchMediaOverSockets, WhatANameStandsForIsLookedAtBeforeAnythingIsSent) {
  RawServer pictures(saying(http_answer(png, "image/png")));
  const std::string port = ":" + std::to_string(pictures.port());
  for (const std::string address : {"127.0.0.1", "10.0.0.1", "::1", "169.254.169.254"}) {
    const Engine engine(EngineOptions().resolver([&](const std::string& host) -> std::vector<std::string> {
      if (host == "mixed.test") return {"8.8.8.8", address};
      return {address};
    }));
    for (const char* name : {"pictures.test", "mixed.test", "pictures.test"}) {
      const Error error = failure("http://" + std::string(name) + port + "/cat.png", FetchPolicy(), engine);
      EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << address;
      EXPECT_NE(error.message().find(name), std::string::npos) << error.message();
      EXPECT_NE(error.message().find("public"), std::string::npos) << error.message();
    }
  }
  EXPECT_EQ(failure(pictures.url("/cat.png"), FetchPolicy()).kind(), ErrorKind::invalid_request);
  EXPECT_EQ(pictures.connections(), 0);

  const Engine engine(
      EngineOptions().resolver([](const std::string&) -> std::vector<std::string> { return {"127.0.0.1"}; }));
  const Result<Response> allowed = ask("http://pictures.test" + port + "/cat.png", local(), engine);
  EXPECT_TRUE(allowed);
  EXPECT_EQ(pictures.connections(), 1);
}

TEST_F(FetchMediaOverSockets, TooLarge) {
  RawServer pictures(saying(http_answer(png + std::string(1 << 20, 'x'), "image/png")));
  EXPECT_EQ(failure(pictures.url(), local().max_bytes(100'000)).kind(), ErrorKind::response_too_large);
}

TEST_F(FetchMediaOverSockets, NotThere) {
  RawServer pictures(saying(http_answer("no", "text/plain", 404)));
  EXPECT_EQ(failure(pictures.url(), local()).kind(), ErrorKind::not_found);
  EXPECT_EQ(failure("http://127.0.0.1:" + std::to_string(closed_port()), local()).kind(), ErrorKind::connection);
}

TEST_F(FetchMediaOverSockets, ACutFileIsNoFile) {
  RawServer pictures([](RawConnection& connection, int) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 100\r\n\r\n" + png);
    connection.shut_down_writing();
  });
  EXPECT_EQ(failure(pictures.url(), local()).kind(), ErrorKind::truncated);
}

TEST_F(FetchMediaOverSockets, ASlowServerAndCancelling) {
  std::promise<void> reached;
  std::atomic<int> requests = 0;
  RawServer pictures([&](RawConnection& connection, int) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 100\r\n\r\n" + png);
    if (++requests == 2) reached.set_value();
    connection.wait_for_close();
  });
  EXPECT_EQ(failure(pictures.url(), local().timeout(50ms)).kind(), ErrorKind::timeout);

  const Engine engine;
  std::stop_source stop;
  std::promise<Result<Response>> ended;
  const Messages messages = Messages().add(Message(Role::user, "?").add(Part::image_url(pictures.url())));
  provider(engine)
      .async_chat(messages, Options().fetch_urls(local()).cancel_on(stop.get_token()))
      .then([&](Result<Response> result) { ended.set_value(std::move(result)); });
  reached.get_future().get();
  stop.request_stop();
  const Result<Response> result = ended.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace antiphon::test
