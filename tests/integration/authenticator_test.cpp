// Credentials of one's own in place of a key.

#include <gtest/gtest.h>

#include <future>

#include <antiphon/antiphon.hpp>

#include "support/failure.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

/// Does what a test says.
class OwnAuthenticator : public Authenticator {
 public:
  using Act = std::function<void(HttpRequest&, std::chrono::system_clock::time_point, Done)>;
  explicit OwnAuthenticator(Act act) : act_(std::move(act)) {}
  void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override {
    act_(request, now, std::move(done));
  }

 private:
  Act act_;
};

class Authenticators : public testing::Test {
 protected:
  Provider provider(OwnAuthenticator::Act act) {
    return create_provider(ModelConfig("m-1", providers::openai)
                               .base_url(server.url("/v1"))
                               .api_key(planted_key)
                               .authenticator(std::make_shared<OwnAuthenticator>(std::move(act)))
                               .retry_config(RetryConfig().max_attempts(1)));
  }

  std::mutex mutex;
  std::vector<std::string> requests;
  RawServer server{[this](RawConnection& connection, int) {
    std::string request;
    while (!(request = connection.read_request()).empty()) {
      const std::lock_guard lock(mutex);
      requests.push_back(request);
      connection.write(asks_for_stream(request) ? whole_stream({"x"}) : http_answer(chat_answer("x")));
    }
  }};
};

TEST_F(Authenticators, SeeTheWholeRequestAndTakeTheKeysPlace) {
  const auto before = std::chrono::system_clock::now();
  const Provider signing = provider([before](HttpRequest& request, auto now, const Authenticator::Done& done) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_TRUE(request.url.ends_with("/v1/chat/completions")) << request.url;
    EXPECT_GE(now, before - 1s);
    request.headers.set("x-signature", std::to_string(request.body.size()));
    done(std::nullopt);
  });
  EXPECT_EQ(signing.chat("Hi").content(), "x");
  EXPECT_EQ(signing.stream("Hi").collect().content(), "x");
  ASSERT_EQ(requests.size(), 2U) << "once per attempt";
  for (const std::string& request : requests) {
    const std::size_t body = request.size() - request.find("\r\n\r\n") - 4;
    EXPECT_NE(request.find("x-signature: " + std::to_string(body)), std::string::npos) << request;
    EXPECT_EQ(request.find("planted"), std::string::npos);
  }
}

TEST_F(Authenticators, MayAnswerLater) {
  // A token that has to be asked for: here from a model, as it is at hand.
  const Provider tokens =
      create_provider(ModelConfig("m-1", providers::openai).base_url(server.url("/v1")).api_key("for tokens"));
  const Provider late = provider([tokens](HttpRequest& request, auto, const Authenticator::Done& done) {
    tokens.async_chat("a token, please").then([&request, done](Result<Response> token) {
      request.headers.set("authorization", "Token " + token.value().content());
      done(std::nullopt);
    });
  });
  EXPECT_EQ(late.chat("Hi").content(), "x");
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_NE(requests[1].find("uthorization: Token x\r\n"), std::string::npos) << requests[1];
}

TEST_F(Authenticators, ThatFailSendNothing) {
  const Error refused = chat_failure(provider([](HttpRequest&, auto, const Authenticator::Done& done) {
    done(Error(ErrorKind::authentication, "no token today").where("my vault"));
  }));
  EXPECT_EQ(refused.kind(), ErrorKind::authentication);
  EXPECT_EQ(refused.message(), "no token today");
  EXPECT_EQ(refused.where(), "my vault");
  const Error thrown = chat_failure(
      provider([](HttpRequest&, auto, const Authenticator::Done&) { throw std::runtime_error("a defect of mine"); }));
  EXPECT_EQ(thrown.kind(), ErrorKind::internal);
  EXPECT_EQ(thrown.where(), "authenticator");
  EXPECT_NE(thrown.message().find("a defect of mine"), std::string::npos) << thrown.what();
  EXPECT_TRUE(requests.empty());
}

TEST_F(Authenticators, ThatHangCanBeCancelledAndComeTooLate) {
  std::promise<void> asked;
  Authenticator::Done late;
  const Provider hanging = provider([&](HttpRequest&, auto, Authenticator::Done done) {
    late = std::move(done);
    asked.set_value();
  });
  std::stop_source stop;
  std::promise<Result<Response>> ended;
  hanging.async_chat("Hi", Options().cancel_on(stop.get_token())).then([&](Result<Response> result) {
    ended.set_value(std::move(result));
  });
  asked.get_future().wait();
  stop.request_stop();
  EXPECT_EQ(failure_of(ended.get_future().get()).kind(), ErrorKind::cancelled);
  late(std::nullopt);
  EXPECT_TRUE(requests.empty());
  // So does a deadline.
  const Provider still_hanging = provider([](HttpRequest&, auto, const Authenticator::Done&) {});
  EXPECT_EQ(chat_failure(still_hanging, "Hi", Options().deadline(30ms)).kind(), ErrorKind::deadline_exceeded);
}

}  // namespace
}  // namespace antiphon::test
