// Credentials of the user's own, on the way of an attempt.

#include "pipeline/authorize.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <utility>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class FunctionAuthenticator : public Authenticator {
 public:
  using Function = std::function<void(HttpRequest&, Done)>;
  explicit FunctionAuthenticator(Function function) : function_(std::move(function)) {}
  void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override {
    asked_at = now;
    function_(request, std::move(done));
  }
  std::optional<std::chrono::system_clock::time_point> asked_at;

 private:
  Function function_;
};

class AuthorizeTest : public testing::Test {
 protected:
  Provider provider(FunctionAuthenticator::Function function) {
    authenticator = std::make_shared<FunctionAuthenticator>(std::move(function));
    return engine.provider(engine.config("a").authenticator(authenticator).retry_config(RetryConfig().max_attempts(1)));
  }

  VirtualEngine engine;
  std::shared_ptr<FunctionAuthenticator> authenticator;
};

TEST_F(AuthorizeTest, MayAnswerAtOnce) {
  engine.serve("a", {good("x")});
  const auto call = engine.run_chat(provider([](HttpRequest& request, Authenticator::Done done) {
    request.headers.set("authorization", "mine");
    done(std::nullopt);
  }));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(engine.sent[0].request.headers.get("authorization"), "mine");
  EXPECT_TRUE(authenticator->asked_at);
}

TEST_F(AuthorizeTest, OrLater) {
  engine.serve("a", {good("x")});
  const auto call = engine.run_chat(provider([&](HttpRequest& request, Authenticator::Done done) {
    engine.scheduler.sleep_until(engine.scheduler.steady_now() + 2s, [&request, done] {
      request.headers.set("authorization", "late");
      done(std::nullopt);
    });
  }));
  EXPECT_EQ(call->took, 2s);
  EXPECT_EQ(engine.sent[0].request.headers.get("authorization"), "late");
}

TEST_F(AuthorizeTest, AnErrorIsNoAttempt) {
  const auto call = engine.run_chat(
      provider([](HttpRequest&, Authenticator::Done done) { done(Error(ErrorKind::authentication, "no token")); }));
  EXPECT_EQ(call->error().kind(), ErrorKind::authentication);
  EXPECT_EQ(call->error().provider(), "openai/m-1");
  EXPECT_TRUE(call->attempts().empty());
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(AuthorizeTest, WhatItThrowsFailsItsCallOnly) {
  engine.serve("a", {good("x")});
  int asked = 0;
  const Provider provider = this->provider([&](HttpRequest&, Authenticator::Done done) {
    switch (++asked) {
      case 1:
        throw std::runtime_error("oops");
      case 2:
        throw Error(ErrorKind::authentication, "expired").where("token");
      case 3:
        throw 7;
      default:
        done(std::nullopt);
    }
  });
  const auto first = engine.run_chat(provider);
  EXPECT_EQ(first->error().kind(), ErrorKind::internal);
  EXPECT_EQ(first->error().where(), "authenticator");
  EXPECT_NE(first->error().message().find("oops"), std::string::npos);
  EXPECT_EQ(engine.run_chat(provider)->error().where(), "token");
  EXPECT_EQ(engine.run_chat(provider)->error().kind(), ErrorKind::internal);
  EXPECT_TRUE(*engine.run_chat(provider)->result);
}

TEST_F(AuthorizeTest, CancellingEndsTheWaitForIt) {
  Authenticator::Done kept;
  std::stop_source stop;
  const auto call = engine.chat(provider([&](HttpRequest&, Authenticator::Done done) { kept = std::move(done); }),
                                Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  stop.request_stop();
  engine.scheduler.run_for(0s);
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  // Too late, and twice.
  kept(std::nullopt);
  kept(Error(ErrorKind::internal, "late"));
  engine.scheduler.run();
  EXPECT_EQ(call->ends, 1);
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(AuthorizeTest, OnlyTheFirstAnswerCounts) {
  engine.serve("a", {good("x")});
  const auto call = engine.run_chat(provider([](HttpRequest&, Authenticator::Done done) {
    done(std::nullopt);
    done(Error(ErrorKind::authentication, "second thoughts"));
  }));
  EXPECT_TRUE(*call->result);
}

}  // namespace
}  // namespace antiphon::test
