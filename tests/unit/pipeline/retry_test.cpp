// Retries as a caller sees them: how often, when, and what is said of them.

#include "pipeline/retry.hpp"

#include <gtest/gtest.h>

#include <string>

#include "json/reader.hpp"
#include "pipeline/endpoint.hpp"
#include "providers/retry_after.hpp"
#include "support/source_files.hpp"
#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class RetryTest : public testing::Test {
 protected:
  /// When the requests were sent, since the first.
  std::vector<std::chrono::nanoseconds> times() const {
    std::vector<std::chrono::nanoseconds> all;
    for (const SentRequest& request : engine.sent) all.push_back(request.at - engine.sent.front().at);
    return all;
  }
  Provider provider(const RetryConfig& retry) { return engine.provider(engine.config("a").retry_config(retry)); }

  VirtualEngine engine;
};

TEST_F(RetryTest, AFailureIsTriedAgain) {
  engine.serve("a", {refusing(500), refusing(503), good("Hello")});
  const auto call = engine.run_chat(engine.provider("a"));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().content(), "Hello");
  EXPECT_EQ(engine.sent.size(), 3U);
}

TEST_F(RetryTest, AttemptsAreListedWithReasonsAndWaits) {
  engine.serve("a", {refusing(500, {{"retry-after", "2"}, {"x-request-id", "r-1"}}),
                     failing(ErrorKind::connection, 300ms), good("Hello")});
  const auto call = engine.run_chat(engine.provider("a"));
  ASSERT_TRUE(*call->result);
  const std::vector<Attempt>& attempts = call->attempts();
  ASSERT_EQ(attempts.size(), 3U);
  EXPECT_EQ(attempts[0].status(), 500);
  EXPECT_EQ(attempts[0].error(), ErrorKind::server_error);
  EXPECT_EQ(attempts[0].request_id(), "r-1");
  EXPECT_EQ(attempts[0].provider(), "openai");
  EXPECT_EQ(attempts[0].model(), "m-1");
  EXPECT_EQ(attempts[0].waited(), 0ms);
  EXPECT_EQ(attempts[1].waited(), 2s);
  EXPECT_EQ(attempts[1].status(), 0);
  EXPECT_EQ(attempts[1].error(), ErrorKind::connection);
  EXPECT_EQ(attempts[1].error_message(), "the network failed");
  EXPECT_EQ(attempts[1].duration(), 300ms);
  EXPECT_FALSE(attempts[2].error());
  EXPECT_EQ(attempts[2].status(), 200);
}

TEST_F(RetryTest, TheyAreOnTheErrorToo) {
  engine.serve("a", {refusing(500), refusing(503)});
  const auto call = engine.run_chat(engine.provider("a"));
  ASSERT_FALSE(*call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::overloaded);
  ASSERT_EQ(call->error().attempts().size(), 3U);
  EXPECT_EQ(call->error().attempts()[0].error(), ErrorKind::server_error);
  EXPECT_EQ(call->error().attempts()[2].error(), ErrorKind::overloaded);
}

// gpt-4o-mini is 0.15 dollars for a million tokens in and 0.60 out; 7 and 3 of them are 0.00000285.
TEST_F(RetryTest, WhatWasTriedIsInTheCost) {
  const auto ask = [&](std::vector<Script> scripts) {
    engine.serve("a", std::move(scripts));
    return engine.run_chat(engine.provider(engine.config("a", "gpt-4o-mini")));
  };
  const auto refused = ask({refusing(500), failing(ErrorKind::connection), good("Hello")});
  ASSERT_EQ(refused->attempts().size(), 3U);
  EXPECT_EQ(refused->attempts()[0].cost(), Money::zero()) << "it was refused";
  EXPECT_EQ(refused->attempts()[1].cost(), Money::zero()) << "it never got there";
  EXPECT_EQ(refused->attempts()[2].cost(), Money("0.00000285"));
  EXPECT_EQ(refused->response().cost(), Money("0.00000285"));

  // What broke off may have cost anything.
  const std::string answer = chat_answer("x");
  const auto cut = ask({json_answer(200, answer.substr(0, 30)), good("Hello")});
  EXPECT_FALSE(cut->attempts()[0].cost().known());
  EXPECT_FALSE(cut->response().cost().known());
  EXPECT_EQ(cut->response().cost().at_least(), Money("0.00000285"));

  engine.serve("a", {good("Hello")});
  EXPECT_FALSE(engine.run_chat(engine.provider("a"))->response().cost().known()) << "nobody knows the price of m-1";
}

TEST_F(RetryTest, RandomWaitsStayWithinTheirBounds) {
  engine.serve("a", {refusing(500)});
  const Provider asked = provider(RetryConfig().max_attempts(7).budget(1));
  bool late = false;
  for (int run = 0; run < 50; ++run) {
    engine.sent.clear();
    engine.run_chat(asked);
    const auto sent = times();
    ASSERT_EQ(sent.size(), 7U);
    std::chrono::nanoseconds most = 500ms;
    for (std::size_t i = 1; i < sent.size(); ++i) {
      EXPECT_LE(sent[i] - sent[i - 1], most);
      late = late || sent[i] - sent[i - 1] > most / 2;
      most = std::min<std::chrono::nanoseconds>(most * 2, 8s);
    }
  }
  EXPECT_TRUE(late);
}

TEST_F(RetryTest, EveryFormOfRetryAfterIsWaitedFor) {
  const std::string text = test::source_text("tests/fixtures/retry-after.json");
  json::Reader reader;
  int cases = 0;
  const auto check = [&](const Headers& headers, std::optional<std::int64_t> ms) {
    VirtualEngine fresh;
    fresh.scheduler.set_wall(*codec::parse_http_date("Mon, 23 Nov 2026 06:50:00 GMT"));
    fresh.serve("a", {refusing(429, headers), good("Hello")});
    const auto call = fresh.run_chat(fresh.provider("a"));
    const std::string name = headers.empty() ? "none" : headers.front().second;
    ++cases;
    if (ms && *ms > 60'000) {
      EXPECT_EQ(fresh.sent.size(), 1U) << name;
      EXPECT_EQ(call->error().retry_after(), std::chrono::milliseconds(*ms)) << name;
      return;
    }
    ASSERT_EQ(fresh.sent.size(), 2U) << name;
    const auto wait = fresh.sent[1].at - fresh.sent[0].at;
    if (ms) {
      EXPECT_EQ(wait, std::chrono::milliseconds(*ms)) << name;
    } else {
      EXPECT_LT(wait, 500ms) << name;
    }
    EXPECT_EQ(call->attempts()[1].waited(), std::chrono::duration_cast<std::chrono::milliseconds>(wait));
  };
  ASSERT_TRUE(reader.read_copy(text, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key != "headers") return;
      value.elements([&](json::Value entry) {
        Headers headers;
        std::optional<std::int64_t> ms;
        entry.fields([&](std::string_view field, json::Value content) {
          if (field == "ms" && content.type() == json::Type::number) ms = static_cast<std::int64_t>(*content.number());
          if (field != "headers") return;
          content.fields([&](std::string_view name, json::Value header) {
            headers.emplace_back(std::string(name), std::string(*header.string()));
          });
        });
        check(headers, ms);
      });
    });
  }));
  EXPECT_GE(cases, 20);
}

TEST_F(RetryTest, RetryAfterZeroMeansNow) {
  for (const char* header : {"retry-after", "retry-after-ms"}) {
    engine.sent.clear();
    engine.serve("a", {refusing(429, {{header, "0"}}), refusing(503, {{header, "0.0"}}), good("Hello")});
    const Provider asked = engine.provider("a");
    const auto call = engine.run_chat(asked);
    ASSERT_TRUE(*call->result);
    EXPECT_EQ(times(), (std::vector<std::chrono::nanoseconds>{0s, 0s, 0s}));
    EXPECT_FALSE(VirtualEngine::endpoint(asked).gate().closed(engine.scheduler.steady_now()));
  }
}

TEST_F(RetryTest, HintsInBodiesAreWaitedFor) {
  // Gemini's RetryInfo (providers.md, 4.7), and words as the last hint (trap 25).
  engine.serve(
      "a",
      {refusing(429, {}, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Slow down.","details":[
                       {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}})"),
       refusing(429, {}, R"({"error":{"message":"Rate limit reached. Please try again in 1.5s."}})"), good("Hello")});
  const auto call = engine.run_chat(engine.provider("a"));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->attempts()[1].waited(), 34'400ms);
  EXPECT_EQ(call->attempts()[2].waited(), 1500ms);
}

TEST_F(RetryTest, ByStatus) {
  for (const int status : {408, 409, 429, 500, 502, 503, 504, 520, 529}) {
    engine.sent.clear();
    engine.serve("a", {refusing(status), good("Hello")});
    EXPECT_TRUE(*engine.run_chat(engine.provider("a"))->result) << status;
    EXPECT_EQ(engine.sent.size(), 2U) << status;
  }
  for (const int status : {400, 401, 403, 404, 413, 422}) {
    engine.sent.clear();
    engine.serve("a", {refusing(status)});
    EXPECT_FALSE(*engine.run_chat(engine.provider("a"))->result) << status;
    EXPECT_EQ(engine.sent.size(), 1U) << status;
  }
}

TEST_F(RetryTest, UsedUpCreditIsNeverTriedAgain) {
  engine.serve("a",
               {refusing(429, {}, R"({"error":{"message":"You exceeded your quota","code":"insufficient_quota"}})")});
  const auto call = engine.run_chat(engine.provider("a"));
  EXPECT_EQ(call->error().kind(), ErrorKind::quota_exceeded);
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(RetryTest, WhatNoSecondAttemptChangesIsNotTriedAgainAlthoughAHeaderSaysSo) {
  const std::string used_up = R"({"error":{"message":"You exceeded your quota","code":"insufficient_quota"}})";
  const Headers yes = {{"x-should-retry", "true"}};
  for (const Script& refusal : {refusing(401, yes), refusing(403, yes), refusing(429, yes, used_up)}) {
    engine.sent.clear();
    engine.serve("a", {refusal, good("Hello")});
    EXPECT_FALSE(*engine.run_chat(engine.provider("a"))->result);
    EXPECT_EQ(engine.sent.size(), 1U);
  }
}

TEST_F(RetryTest, KindsCanBeChanged) {
  engine.serve("a", {refusing(500), good("Hello")});
  EXPECT_FALSE(*engine.run_chat(provider(RetryConfig().never_on(ErrorKind::server_error)))->result);
  engine.serve("a", {refusing(404), good("Hello")});
  EXPECT_TRUE(*engine.run_chat(provider(RetryConfig().retry_on(ErrorKind::not_found)))->result);
}

TEST_F(RetryTest, OneAttemptIsNoRetry) {
  engine.serve("a", {refusing(500)});
  engine.run_chat(provider(RetryConfig().max_attempts(1)));
  EXPECT_EQ(engine.sent.size(), 1U);
}

// Trap 32.
TEST_F(RetryTest, NeverAfterOutputWasDelivered) {
  engine.serve("a", {cut_behind(chunk_event("Hel")), streaming(stream_of({"Hello"}))});
  const auto call = engine.run_stream(engine.provider("a"));
  ASSERT_FALSE(*call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::truncated);
  EXPECT_EQ(call->error().partial()->content(), "Hel");
  EXPECT_EQ(call->text(), "Hel");
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(RetryTest, AStreamThatIsCutBeforeItsContentIsTriedAgain) {
  engine.serve("a", {cut_behind(": ping\n\n"), cut_behind(chunk_event("")), streaming(stream_of({"Hello"}))});
  const auto call = engine.run_stream(engine.provider("a"));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->text(), "Hello");
  EXPECT_EQ(engine.sent.size(), 3U);
}

TEST_F(RetryTest, AWholeAnswerThatWasCutIsTriedAgain) {
  engine.serve("a", {Script()
                         .connect()
                         .head(200, {{"content-type", "application/json"}})
                         .bytes(chat_answer("Hello").substr(0, 200))
                         .fail(Error(ErrorKind::connection, "reset")),
                     good("Hello")});
  EXPECT_TRUE(*engine.run_chat(engine.provider("a"))->result);
}

TEST_F(RetryTest, TheDeadlineOfTheCallBoundsTheWaits) {
  engine.serve("a", {refusing(503, {{"retry-after", "5"}}), good("Hello")});
  const auto call = engine.run_chat(engine.provider("a"), Options().deadline(5s));
  // At once, with what is wrong, and not after five seconds.
  EXPECT_EQ(call->error().kind(), ErrorKind::overloaded);
  EXPECT_EQ(call->error().retry_after(), 5s);
  EXPECT_EQ(call->took, 0s);
}

TEST_F(RetryTest, ADeadlineOfItsOwnBoundsTheRetries) {
  engine.serve("a", {Script().connect().head(500, {}, 4s).end()});
  const auto call = engine.run_chat(provider(RetryConfig().max_attempts(10).deadline(9s)));
  EXPECT_EQ(call->error().kind(), ErrorKind::server_error);
  EXPECT_LT(times().back(), 9s);
  EXPECT_GE(engine.sent.size(), 2U);
  EXPECT_LE(engine.sent.size(), 3U);
}

/// The permit comes when it is too late: what is wrong is given back, and nobody is asked.
TEST_F(RetryTest, ADeadlineOfItsOwnHoldsForThePermitToo) {
  engine.serve("a", {refusing(500, {{"retry-after", "2"}}), good("long", 30s), good("too late")});
  const Provider once_at_a_time =
      engine.provider(engine.config("a").retry_config(RetryConfig().deadline(9s)).limits(Limits().max_concurrent(1)));
  const auto call = engine.chat(once_at_a_time);
  engine.scheduler.run_for(1s);
  const auto between = engine.chat(once_at_a_time);
  engine.scheduler.run();
  EXPECT_EQ(between->response().content(), "long");
  ASSERT_FALSE(*call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::server_error);
  EXPECT_EQ(engine.sent.size(), 2U);
}

TEST_F(RetryTest, CancellingEndsAWaitAtOnce) {
  engine.serve("a", {refusing(503, {{"retry-after", "30"}}), good("Hello")});
  std::stop_source stop;
  const auto call = engine.chat(engine.provider("a"), Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(10s);
  EXPECT_FALSE(call->result);
  stop.request_stop();
  engine.scheduler.run_for(0ns);
  ASSERT_TRUE(call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(call->took, 10s);
  engine.scheduler.run();
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(RetryTest, RetriesAreAShareOfTheTraffic) {
  engine.serve("a", {refusing(500)});
  const Provider asked = provider(RetryConfig().max_attempts(3).budget(0.2));
  std::size_t refused = 0;
  for (int i = 0; i < 100; ++i) {
    const auto call = engine.chat(asked);
    engine.scheduler.run_for(100ms);
    if (!call->result) engine.scheduler.run_for(2s);
    for (const Warning& warning : call->warnings()) refused += warning.where() == "retry_config.budget";
  }
  EXPECT_GT(refused, 50U);
  EXPECT_LT(engine.sent.size(), 100U + 10U + 40U) << "not doubled, let alone tripled";
}

TEST_F(RetryTest, WithoutABudgetEveryFailureIsTriedAgain) {
  engine.serve("a", {refusing(500)});
  const Provider asked = provider(RetryConfig().budget(1));
  for (int i = 0; i < 30; ++i) engine.run_chat(asked);
  EXPECT_EQ(engine.sent.size(), 90U);
}

/// Gives each request the next of a row of keys.
class Renewing : public Authenticator {
 public:
  void authorize(HttpRequest& request, std::chrono::system_clock::time_point, Done done) override {
    request.headers.set("authorization", "token " + std::to_string(token));
    done(std::nullopt);
  }
  bool rejected() override { return ++token, renews; }

  int token = 0;
  bool renews = true;
};

TEST_F(RetryTest, NewCredentialsAreWorthOneMoreAttempt) {
  engine.serve("a", {refusing(401), refusing(503), refusing(503), good("Hello")});
  const auto renewing = std::make_shared<Renewing>();
  const auto call = engine.run_chat(engine.provider(engine.config("a").authenticator(renewing)));
  // It does not count among the three.
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(engine.sent[1].request.headers.get("authorization"), "token 1");
  EXPECT_EQ(call->attempts().size(), 4U);
}

TEST_F(RetryTest, ButOnlyOnce) {
  engine.serve("a", {refusing(401)});
  const auto renewing = std::make_shared<Renewing>();
  engine.run_chat(engine.provider(engine.config("a").authenticator(renewing)));
  EXPECT_EQ(engine.sent.size(), 2U);
  renewing->renews = false;
  engine.run_chat(engine.provider(engine.config("a").authenticator(renewing)));
  EXPECT_EQ(engine.sent.size(), 3U);
}

TEST_F(RetryTest, EightUsersWhoHangUpOpenNoBreaker) {
  engine.serve("a", {silence()});
  const Provider asked = engine.provider("a");
  for (int i = 0; i < 8; ++i) {
    std::stop_source stop;
    const auto call = engine.chat(asked, Options().cancel_on(stop.get_token()));
    engine.scheduler.run_for(1s);
    stop.request_stop();
    engine.scheduler.run();
    EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  }
  // Nor do deadlines.
  for (int i = 0; i < 8; ++i) engine.run_chat(asked, Options().deadline(1s));
  EXPECT_EQ(VirtualEngine::endpoint(asked).breaker.state(engine.scheduler.steady_now()),
            pipeline::CircuitBreaker::State::closed);
}

TEST_F(RetryTest, NorDoUsersWhoLetASteadyStreamTakeOnlySoLong) {
  Script steady = Script().connect().head(200, {{"content-type", "text/event-stream"}});
  for (int i = 0; i < 10; ++i) steady.bytes(chunk_event("word "), 1s);
  engine.serve("a", {steady});
  const Provider asked = engine.provider("a");
  const Options brief = Options().timeouts(Timeouts().total(5500ms));
  for (int i = 0; i < 8; ++i) EXPECT_EQ(engine.run_stream(asked, brief)->error().where(), "timeouts.total");
  const auto state = [&] { return VirtualEngine::endpoint(asked).breaker.state(engine.scheduler.steady_now()); };
  EXPECT_EQ(state(), pipeline::CircuitBreaker::State::closed);
  // One that says nothing for as long is ill.
  engine.serve("a", {silence()});
  for (int i = 0; i < 8; ++i) engine.run_stream(asked, brief);
  EXPECT_NE(state(), pipeline::CircuitBreaker::State::closed);
}

TEST_F(RetryTest, WarningsOfEncodingAreSaidOnceHoweverOftenItIsTried) {
  engine.serve("a", {refusing(500), refusing(500), good("Hello")});
  const auto call = engine.run_chat(engine.provider("a"), Options().parallel_tool_calls(true));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->warnings().size(), 1U);
}

TEST_F(RetryTest, AndTheyAreOnTheErrorWhenTheCallFails) {
  engine.serve("a", {refusing(400)});
  const auto call = engine.run_chat(engine.provider("a"), Options().parallel_tool_calls(true));
  ASSERT_FALSE(*call->result);
  ASSERT_EQ(call->error().warnings().size(), 1U);
  EXPECT_EQ(call->error().warnings()[0].where(), "parallel_tool_calls");
}

}  // namespace
}  // namespace antiphon::test
