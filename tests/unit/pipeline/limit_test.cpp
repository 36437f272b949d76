// Limits and the gate of a provider, as its callers see them.

#include "pipeline/limit.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class LimitTest : public testing::Test {
 protected:
  Provider limited(const Limits& limits) {
    return engine.provider(engine.config("a").limits(limits).retry_config(RetryConfig().max_attempts(1)));
  }
  std::vector<std::shared_ptr<Running>> start(const Provider& provider, int many, const Options& options = Options()) {
    std::vector<std::shared_ptr<Running>> calls;
    for (int i = 0; i < many; ++i) calls.push_back(engine.chat(provider, options));
    return calls;
  }

  VirtualEngine engine;
};

TEST_F(LimitTest, SoManyRequestsAreUnderWayAtOnce) {
  engine.serve("a", {good("x", 1s)});
  start(limited(Limits().max_concurrent(3)), 7);
  for (const std::size_t sent : {3U, 6U, 7U}) {
    engine.scheduler.run_for(500ms);
    EXPECT_EQ(engine.sent.size(), sent);
    engine.scheduler.run_for(500ms);
  }
}

TEST_F(LimitTest, AStreamCountsUntilItsEnd) {
  engine.serve("a", {Script()
                         .connect()
                         .head(200, {{"content-type", "text/event-stream"}})
                         .bytes(chunk_event("x"))
                         .bytes(finish_events(), 5s)
                         .end()});
  const Provider provider = limited(Limits().max_concurrent(1));
  const auto first = engine.stream(provider);
  const auto second = engine.stream(provider);
  engine.scheduler.run_for(4s);
  EXPECT_EQ(first->text(), "x");
  EXPECT_EQ(engine.sent.size(), 1U);
  engine.scheduler.run();
  EXPECT_TRUE(*second->result);
  EXPECT_EQ(second->attempts()[0].waited(), 5s);
}

TEST_F(LimitTest, RequestsPerMinute) {
  engine.serve("a", {good("x")});
  const auto calls = start(limited(Limits().requests_per_minute(30)), 90);
  engine.scheduler.run();
  for (std::size_t i = 0; i + 30 < engine.sent.size(); ++i) EXPECT_GE(engine.sent[i + 30].at - engine.sent[i].at, 60s);
  // In the order in which they came.
  for (std::size_t i = 1; i < calls.size(); ++i) EXPECT_LE(calls[i - 1]->took, calls[i]->took);
}

TEST_F(LimitTest, TokensPerMinuteByLengthAndMaxTokensAndThenByWhatWasUsed) {
  engine.serve("a", {good("x")});
  // 10 tokens are used each time, as the answer says.
  const Provider provider = limited(Limits().tokens_per_minute(1000));
  const Options options = Options().max_tokens(99);
  engine.run_chat(provider, options);
  engine.run_chat(provider, options);
  EXPECT_EQ(engine.now(), engine.sent[1].at);
  EXPECT_GT(engine.sent[1].at, 0s) << "10 of 100 were used, and the next wants 100 again";
  EXPECT_LT(engine.sent[1].at, 1s);
  start(provider, 2, options);
  engine.scheduler.run();
  EXPECT_GT(engine.sent[3].at - engine.sent[2].at, 0s) << "while the other was under way it counted in full";
}

TEST_F(LimitTest, ToolsAreAPartOfTheRequest) {
  engine.serve("a", {good("x", 1s)});
  // A tenth of the limit may come at once: 100 tokens, or 400 bytes.
  start(limited(Limits().tokens_per_minute(1000)), 2, Options().tools(Tool("look_up", "Looks something up")));
  engine.scheduler.run_for(0s);
  EXPECT_EQ(engine.sent.size(), 2U);
  engine.sent.clear();
  start(limited(Limits().tokens_per_minute(1001)), 2, Options().tools(Tool("look_up", std::string(400, 'x'))));
  engine.scheduler.run_for(0s);
  EXPECT_EQ(engine.sent.size(), 1U);
  engine.scheduler.run();
}

TEST_F(LimitTest, AnAnswerThatBrokeOffInItsUsageCountsAsWasThought) {
  const std::string answer = chat_answer("x");
  const std::string cut = answer.substr(0, answer.find(R"("completion_tokens")"));
  engine.serve("a", {Script().connect().head(200, {{"content-type", "application/json"}}).bytes(cut).end(), good("x")});
  const Provider provider = engine.provider(
      engine.config("a").limits(Limits().tokens_per_minute(1000)).retry_config(RetryConfig().max_attempts(1)));
  const auto first = engine.run_chat(provider, Options().max_tokens(999));
  ASSERT_TRUE(first->error().partial());
  ASSERT_EQ(to_string(first->error().partial()->usage().total_tokens()), "≥7") << "so that this tests what it says";
  engine.run_chat(provider, Options().max_tokens(1));
  EXPECT_GE(engine.sent[1].at, 1min) << "the 7 tokens that it told of are not all that it used";
}

TEST_F(LimitTest, ProvidersWithTheSameAddressKeyAndLimitsShareOneAllowance) {
  engine.serve("a", {good("x", 1s)});
  const Provider one = limited(Limits().max_concurrent(1));
  const Provider other = engine.provider(engine.config("a", "another-model").limits(Limits().max_concurrent(1)));
  const Provider other_key = engine.provider(engine.config("a").api_key("k2").limits(Limits().max_concurrent(1)));
  engine.chat(one);
  engine.chat(other);
  engine.chat(other_key);
  engine.scheduler.run_for(500ms);
  EXPECT_EQ(engine.sent.size(), 2U);
  engine.scheduler.run();
  EXPECT_EQ(engine.sent.size(), 3U);
}

TEST_F(LimitTest, CancellingEndsTheWaitAndNothingIsSent) {
  engine.serve("a", {good("x", 10s)});
  const Provider provider = limited(Limits().max_concurrent(1));
  engine.chat(provider);
  std::stop_source stop;
  const auto waiting = engine.chat(provider, Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(2s);
  stop.request_stop();
  engine.scheduler.run_for(0s);
  ASSERT_TRUE(waiting->result);
  EXPECT_EQ(waiting->error().kind(), ErrorKind::cancelled);
  EXPECT_TRUE(waiting->attempts().empty());
  engine.scheduler.run();
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(LimitTest, ADeadlineEndsTheWait) {
  engine.serve("a", {good("x", 10s)});
  const Provider provider = limited(Limits().max_concurrent(1));
  engine.chat(provider);
  const auto waiting = engine.chat(provider, Options().deadline(3s));
  engine.scheduler.run();
  EXPECT_EQ(waiting->error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(waiting->took, 3s);
  EXPECT_EQ(VirtualEngine::endpoint(provider).turnstile(Limits().max_concurrent(1)).inside(), 0U);
}

TEST_F(LimitTest, A429PausesAllCallersAndThenARampLetsThemIn) {
  engine.serve("a", {refusing(429, {{"retry-after", "20"}}), good("x", 1s)});
  const Provider provider = engine.provider("a");
  engine.chat(provider);
  engine.scheduler.run_for(1s);
  start(provider, 20);
  engine.scheduler.run_for(18s);
  EXPECT_EQ(engine.sent.size(), 1U);
  // One, two, four, eight: each success lets two in.
  for (const std::size_t sent : {1U, 3U, 7U, 15U}) {
    engine.scheduler.run_for(1s);
    EXPECT_EQ(engine.sent.size(), 1 + sent);
  }
  engine.scheduler.run();
  EXPECT_EQ(engine.sent.size(), 22U);
}

TEST_F(LimitTest, WithoutAWordOfHowLongTheyWaitAsOneWouldForItsRetry) {
  for (const int status : {429, 529}) {
    const std::string host = "host-" + std::to_string(status);
    engine.serve(host, {refusing(status), good("x")});
    const Provider provider =
        engine.provider(engine.config(host).retry_config(RetryConfig().max_attempts(1).initial_delay(8s)));
    EXPECT_FALSE(*engine.run_chat(provider)->result);
    const auto pause = VirtualEngine::endpoint(provider).gate().closed_until() - engine.scheduler.steady_now();
    EXPECT_GE(pause, 4s);
    EXPECT_LE(pause, 8s);
    const auto second = engine.run_chat(provider);
    EXPECT_TRUE(*second->result);
    EXPECT_EQ(second->took, pause);
  }
}

TEST_F(LimitTest, AnOverloadPausesThemAsWell) {
  engine.serve("a", {refusing(529, {{"retry-after", "20"}}), good("x")});
  const Provider provider = engine.provider("a");
  engine.chat(provider);
  engine.scheduler.run_for(1s);
  engine.chat(provider);
  engine.scheduler.run();
  EXPECT_EQ(engine.sent[1].at, 20s);
  EXPECT_EQ(engine.sent[2].at, 20s);
}

TEST_F(LimitTest, UsedUpRateLimitsPauseThemBeforeAnybodyIsRefused) {
  // providers.md, 1.1.
  engine.serve("a", {json_answer(200, chat_answer("x"),
                                 {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "12s"}}),
                     good("x")});
  const Provider provider = engine.provider("a");
  EXPECT_TRUE(*engine.run_chat(provider)->result);
  const auto second = engine.run_chat(provider);
  EXPECT_EQ(second->took, 12s);
  EXPECT_EQ(second->attempts()[0].waited(), 12s);
}

TEST_F(LimitTest, WhoIsToWaitLongerThanMaxRetryAfterFailsAtOnce) {
  engine.serve("a", {refusing(429, {{"retry-after", "90"}}), good("x")});
  const Provider provider = engine.provider("a");
  EXPECT_EQ(engine.run_chat(provider)->error().retry_after(), 90s);
  const auto second = engine.run_chat(provider);
  EXPECT_EQ(second->error().kind(), ErrorKind::rate_limited);
  EXPECT_EQ(second->error().retry_after(), 90s);
  EXPECT_EQ(second->error().provider(), "openai/m-1");
  EXPECT_TRUE(second->attempts().empty());
  engine.scheduler.run_for(30s);
  EXPECT_TRUE(*engine.run_chat(provider)->result) << "60 s are borne";
}

TEST_F(LimitTest, SoDoesWhoHasNoTimeForThePause) {
  engine.serve("a", {refusing(429, {{"retry-after", "20"}}), good("x")});
  const Provider provider = engine.provider("a");
  engine.chat(provider);
  engine.scheduler.run_for(1s);
  const auto hurried = engine.chat(provider, Options().deadline(10s));
  engine.scheduler.run_for(0s);
  ASSERT_TRUE(hurried->result);
  EXPECT_EQ(hurried->error().kind(), ErrorKind::rate_limited);
  EXPECT_EQ(hurried->error().retry_after(), 19s);
}

/// Lets a request go when the test says so.
class Held : public Authenticator {
 public:
  void authorize(HttpRequest&, std::chrono::system_clock::time_point, Done done) override {
    waiting.push_back(std::move(done));
  }
  std::vector<Done> waiting;
};

TEST_F(LimitTest, AGateThatClosesBetweenTurnAndPassageIsHeeded) {
  // Two answers come at the same instant: one makes room for a waiting call, the other closes the gate.
  engine.serve("a", {good("x", 1s), refusing(429, {{"retry-after", "9"}}), good("x")});
  const Provider provider = limited(Limits().max_concurrent(1));
  const Provider free = engine.provider("a");
  engine.chat(provider);
  const auto waiting = engine.chat(provider);
  engine.scheduler.run_for(1s - 1ns);
  // Sent now, refused in the same instant in which the first is answered.
  engine.scheduler.sleep_until(engine.scheduler.steady_now() + 1ns, [&] { engine.chat(free); });
  engine.scheduler.run();
  EXPECT_TRUE(*waiting->result);
  for (const SentRequest& request : engine.sent) EXPECT_TRUE(request.at <= 1s || request.at >= 10s);
}

TEST_F(LimitTest, AGateThatClosesThenTakesNobodysPlace) {
  // The first call is over, and the second has its turn but has not gone on yet: then the gate closes.
  engine.serve("a", {good("x", 1s)});
  const Limits limits = Limits().max_concurrent(1);
  const Provider provider = limited(limits);
  int ended = 0;
  const auto closing = Callbacks().on_response([&](const Request&, const Response&) {
    if (++ended == 1) VirtualEngine::endpoint(provider).close_gate(engine.scheduler, 9s);
  });
  engine.chat(engine.provider(engine.config("a").limits(limits), ProviderOptions().callbacks(closing)));
  const auto second = engine.chat(provider);
  const auto third = engine.chat(provider);
  engine.scheduler.run();
  ASSERT_TRUE(*second->result && *third->result);
  EXPECT_EQ(engine.sent[1].at, 10s) << "the gate is heeded";
  EXPECT_EQ(second->took, 11s);
  EXPECT_EQ(third->took, 12s) << "it came later";
}

TEST_F(LimitTest, PermitsComeBackHoweverACallEnds) {
  const Limits limits = Limits().max_concurrent(2);
  engine.serve("a", {good("x"), refusing(400), failing(ErrorKind::connection), silence()});
  const Provider provider = limited(limits);
  for (int i = 0; i < 3; ++i) engine.run_chat(provider);
  engine.run_chat(provider, Options().deadline(1s));
  engine.run_chat(provider, Options().timeouts(Timeouts().connect(-1s)));
  const auto held = std::make_shared<Held>();
  engine.chat(engine.provider(engine.config("a").limits(limits).authenticator(held)), Options().deadline(1s));
  engine.scheduler.run();
  EXPECT_EQ(VirtualEngine::endpoint(provider).turnstile(limits).inside(), 0U);
  EXPECT_EQ(VirtualEngine::endpoint(provider).gate().inside(), 0U);
}

TEST_F(LimitTest, LimitsOfZeroNameTheField) {
  const auto place = [&](const Limits& limits) {
    try {
      limited(limits);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      return error.where();
    }
    return std::string("nothing");
  };
  EXPECT_EQ(place(Limits().max_concurrent(0)), "limits.max_concurrent");
  EXPECT_EQ(place(Limits().requests_per_minute(0)), "limits.requests_per_minute");
  EXPECT_EQ(place(Limits().tokens_per_minute(-5)), "limits.tokens_per_minute");
  EXPECT_EQ(place(Limits().tokens_per_minute(1)), "nothing");
}

}  // namespace
}  // namespace antiphon::test
