// Asking a second provider when the first is slow.

#include "pipeline/hedge.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/endpoint.hpp"
#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

Script slow_stream(std::chrono::nanoseconds first, std::string text) {
  return Script()
      .connect()
      .head(200, {{"content-type", "text/event-stream"}})
      .bytes(": ping\n\n")
      .bytes(chunk_event(text), first)
      .bytes(finish_events(), 1s)
      .end();
}

/// Says that it used 5 tokens of the prompt, and nothing more.
Script silence_behind_usage() {
  const std::string used = R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-1",)"
                           R"("choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0,"total_tokens":5}})"
                           "\n\n";
  return Script().connect().head(200, {{"content-type", "text/event-stream"}}).bytes(used);
}

class HedgeTest : public testing::Test {
 protected:
  Provider once(const std::string& host) {
    return engine.provider(engine.config(host).retry_config(RetryConfig().max_attempts(1)));
  }
  FallbackProvider hedged(std::chrono::milliseconds delay = 3s) {
    return FallbackProvider(FallbackConfig().link(once("a")).link(once("b")).hedge(HedgeConfig().delay(delay)));
  }
  VirtualEngine engine;
};

TEST_F(HedgeTest, AFastFirstStaysAlone) {
  engine.serve("a", {slow_stream(2999ms, "from a")});
  const auto call = engine.run_stream(hedged());
  EXPECT_EQ(call->text(), "from a");
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(HedgeTest, ASlowFirstGetsASecondAndTheFirstContentCounts) {
  engine.serve("a", {slow_stream(10s, "from a")});
  engine.serve("b", {slow_stream(1s, "from b")});
  const auto call = engine.run_stream(hedged());
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->text(), "from b");
  EXPECT_EQ(call->took, 5s);
  EXPECT_EQ(engine.sent[1].at, 3s);
  EXPECT_EQ(call->response().first_content_after(), 4s);
}

TEST_F(HedgeTest, TheFirstMayStillWin) {
  engine.serve("a", {slow_stream(4s, "from a")});
  engine.serve("b", {slow_stream(2s, "from b")});
  const auto call = engine.run_stream(hedged());
  EXPECT_EQ(call->text(), "from a");
  EXPECT_EQ(call->took, 5s);
}

TEST_F(HedgeTest, BothStandInTheListOfAttempts) {
  engine.serve("a", {slow_stream(10s, "from a")});
  engine.serve("b", {slow_stream(1s, "from b")});
  const auto call = engine.run_stream(hedged());
  ASSERT_EQ(call->attempts().size(), 2U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::cancelled);
  EXPECT_EQ(call->attempts()[0].duration(), 4s) << "until the other had its first content";
  EXPECT_FALSE(call->attempts()[1].error());
}

TEST_F(HedgeTest, BothAreOnTheBill) {
  // The first has said what it used when the second wins; of one that said nothing it is not known, and not zero.
  engine.serve("a", {silence_behind_usage(), slow_stream(10s, "from a")});
  engine.serve("b", {slow_stream(1s, "from b")});
  const auto known = engine.run_stream(hedged());
  ASSERT_EQ(known->attempts().size(), 2U);
  EXPECT_EQ(known->attempts()[0].usage().input_tokens(), Count(5));
  EXPECT_EQ(known->attempts()[1].usage().total_tokens(), Count(10));
  EXPECT_EQ(known->response().usage().total_tokens(), Count(10)) << "the answer's own";
  const auto unknown = engine.run_stream(hedged());
  EXPECT_FALSE(unknown->attempts()[0].usage().known());
  EXPECT_EQ(unknown->attempts()[1].usage().total_tokens(), Count(10));
}

TEST_F(HedgeTest, BothAreInTheCost) {
  // gpt-4o-mini, 7 tokens in and 3 out: 0.00000285 dollars; 5 in: 0.00000075.
  engine.serve("a", {silence_behind_usage(), slow_stream(10s, "from a")});
  engine.serve("b", {slow_stream(1s, "from b")});
  FallbackConfig config;
  for (const char* host : {"a", "b"}) config.link(engine.provider(engine.config(host, "gpt-4o-mini")));
  const FallbackProvider both(config.hedge(HedgeConfig().delay(3s)));
  const auto known = engine.run_stream(both);
  ASSERT_EQ(known->attempts().size(), 2U);
  EXPECT_EQ(known->attempts()[0].cost(), Money("0.00000075"));
  EXPECT_EQ(known->response().cost(), Money("0.0000036"));
  const auto unknown = engine.run_stream(both);
  EXPECT_FALSE(unknown->attempts()[0].cost().known()) << "it was hung up on before it said";
  EXPECT_FALSE(unknown->response().cost().known());
  EXPECT_EQ(unknown->response().cost().at_least(), Money("0.00000285"));
}

TEST_F(HedgeTest, OfWholeAnswersTheFirstThatIsComplete) {
  engine.serve("a", {good("from a", 10s)});
  engine.serve("b", {good("from b", 1s)});
  const auto call = engine.run_chat(hedged());
  EXPECT_EQ(call->response().content(), "from b");
  EXPECT_EQ(call->took, 4s);
}

TEST_F(HedgeTest, AnAnswerThatIsNotAcceptedDoesNotEndTheOther) {
  engine.serve("a", {good("good", 10s)});
  engine.serve("b", {good("bad", 1s)});
  FallbackLink picky(once("b"));
  picky.accept([](const Response& response) { return response.content() != "bad"; });
  const FallbackProvider both(FallbackConfig().link(once("a")).link(picky).hedge(HedgeConfig()));
  EXPECT_EQ(engine.run_chat(both)->response().content(), "good");
}

TEST_F(HedgeTest, NorDoesAStreamWithoutContentThatIsNotAccepted) {
  engine.serve("a", {slow_stream(10s, "good")});
  engine.serve("b", {streaming(finish_events(), 1s)});
  FallbackLink picky(once("b"));
  picky.accept([](const Response& response) { return !response.content().empty(); });
  const FallbackProvider both(FallbackConfig().link(once("a")).link(picky).hedge(HedgeConfig()));
  EXPECT_EQ(engine.run_stream(both)->text(), "good");
}

TEST_F(HedgeTest, AFailureBeforeTheDelayIsTheFallbacksBusiness) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {slow_stream(1s, "from b")});
  const auto call = engine.run_stream(hedged());
  EXPECT_EQ(call->text(), "from b");
  EXPECT_EQ(engine.sent[1].at, 0s);
}

TEST_F(HedgeTest, WhenTheFirstFailsTheSecondGoesOn) {
  engine.serve("a", {Script().connect().head(500, {}, 4s).end()});
  engine.serve("b", {slow_stream(5s, "from b")});
  const auto call = engine.run_stream(hedged());
  EXPECT_EQ(call->text(), "from b");
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::server_error);
}

TEST_F(HedgeTest, WhenBothFailTheNextIsAsked) {
  engine.serve("a", {Script().connect().head(500, {}, 4s).end()});
  engine.serve("b", {Script().connect().head(503, {}, 5s).end()});
  engine.serve("c", {slow_stream(1s, "from c")});
  const FallbackProvider three(FallbackConfig().link(once("a")).link(once("b")).link(once("c")).hedge(HedgeConfig()));
  const auto call = engine.run_stream(three);
  EXPECT_EQ(call->text(), "from c");
  EXPECT_EQ(call->attempts().size(), 3U);
}

TEST_F(HedgeTest, WhenBothFailAndNobodyIsLeftItIsTheSecondsFailure) {
  engine.serve("a", {Script().connect().head(500, {}, 4s).end()});
  engine.serve("b", {Script().connect().head(503, {}, 5s).end()});
  EXPECT_EQ(engine.run_stream(hedged())->error().kind(), ErrorKind::overloaded);
}

TEST_F(HedgeTest, UnlessTheFirstsIsOneToStayOn) {
  engine.serve("a", {Script().connect().head(400, {}, 4s).end()});
  engine.serve("b", {Script().connect().head(503, {}, 5s).end()});
  EXPECT_EQ(engine.run_stream(hedged())->error().kind(), ErrorKind::invalid_request);
}

TEST_F(HedgeTest, ACutOfTheWinnerIsTheCallsFailure) {
  engine.serve("a", {Script().connect().head(500, {}, 4s).end()});
  engine.serve("b", {Script()
                         .connect()
                         .head(200, {{"content-type", "text/event-stream"}})
                         .bytes(chunk_event("fro"), 2s)
                         .fail(Error(ErrorKind::connection, "reset"))});
  const auto call = engine.run_stream(hedged());
  EXPECT_EQ(call->error().kind(), ErrorKind::truncated);
  EXPECT_EQ(call->error().partial()->content(), "fro");
  EXPECT_EQ(call->text(), "fro");
}

TEST_F(HedgeTest, AWarningTellsOfWrongCredentialsOfTheFirst) {
  engine.serve("a", {Script().connect().head(401, {}, 4s).end()});
  engine.serve("b", {slow_stream(5s, "from b")});
  const auto call = engine.run_stream(hedged());
  ASSERT_EQ(call->warnings().size(), 1U);
  EXPECT_EQ(call->warnings()[0].where(), "openai/m-1");
}

TEST_F(HedgeTest, CancellingEndsBothAtOnce) {
  engine.serve("a", {silence()});
  engine.serve("b", {silence()});
  std::stop_source stop;
  const auto call = engine.stream(hedged(), Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(5s);
  EXPECT_EQ(engine.sent.size(), 2U);
  stop.request_stop();
  engine.scheduler.run();
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(call->took, 5s);
  EXPECT_EQ(call->attempts().size(), 2U);
}

TEST_F(HedgeTest, ADeadlineInThePastSendsNothing) {
  engine.serve("a", {good("x")});
  const auto call = engine.run_chat(hedged(), Options().deadline(-1s));
  EXPECT_EQ(call->error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(call->error().where(), "deadline");
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(HedgeTest, TheSlowestOfItsRecentAnswersSetTheDelay) {
  const FallbackProvider both = hedged(4s);
  pipeline::Latency& latency = VirtualEngine::endpoint(both).latencies.of("m-1", true);
  for (int i = 0; i < 40; ++i) latency.add(1500ms);
  engine.serve("a", {slow_stream(10s, "from a")});
  engine.serve("b", {slow_stream(1s, "from b")});
  EXPECT_EQ(engine.run_stream(both)->text(), "from b");
  EXPECT_EQ(engine.sent[1].at, 1500ms);
  // No less than a tenth of what was set, however fast it has been.
  for (int i = 0; i < 64; ++i) latency.add(1ms);
  engine.sent.clear();
  const auto start = engine.now();
  EXPECT_EQ(engine.run_stream(both)->text(), "from b");
  EXPECT_EQ(engine.sent[1].at - start, 400ms);
  // Of whole answers nothing is known yet.
  engine.serve("a", {good("from a", 3s)});
  EXPECT_EQ(engine.run_chat(both)->response().content(), "from a");
}

TEST_F(HedgeTest, ThatIsMeasuredWithEveryAnswer) {
  engine.serve("a", {slow_stream(1500ms, "from a")});
  engine.serve("b", {slow_stream(1s, "from b")});
  const FallbackProvider both = hedged(4s);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(engine.run_stream(both)->text(), "from a");
  ASSERT_EQ(engine.sent.size(), 20U);
  engine.serve("a", {slow_stream(10s, "from a")});
  const auto start = engine.now();
  EXPECT_EQ(engine.run_stream(both)->text(), "from b");
  EXPECT_EQ(engine.sent.back().at - start, 1500ms) << "to the first content, not to the end a second later";
}

TEST_F(HedgeTest, OfWholeAnswersToTheirEnd) {
  engine.serve("a", {good("from a", 2500ms)});
  engine.serve("b", {good("from b", 1s)});
  const FallbackProvider both = hedged(4s);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(engine.run_chat(both)->response().content(), "from a");
  engine.serve("a", {good("from a", 10s)});
  const auto start = engine.now();
  EXPECT_EQ(engine.run_chat(both)->response().content(), "from b");
  EXPECT_EQ(engine.sent.back().at - start, 2500ms);
}

TEST_F(HedgeTest, TheSlowWhoWereOutpacedCountToo) {
  // Each second answer is slow. Those that are given up count as long as they were silent: what is known comes near the
  // truth, however few of them are waited for.
  engine.serve("b", {slow_stream(1s, "from b")});
  const FallbackProvider both = hedged(4s);
  for (int i = 0; i < 100; ++i) {
    engine.serve("a", {slow_stream(i % 2 == 0 ? 1s : 10s, "from a")});
    engine.run_stream(both);
  }
  const auto p95 = VirtualEngine::endpoint(both).latencies.of("m-1", true).p95();
  EXPECT_EQ(p95, 10s);
  engine.serve("a", {good("from a", 1s), good("from a", 10s)});
  engine.serve("b", {good("from b", 1s)});
  engine.run_chat(both);
  engine.run_chat(both);
  EXPECT_EQ(VirtualEngine::endpoint(both).latencies.of("m-1", false).average(), 1800ms) << "1 s, and a fifth of 5 s";
}

TEST_F(HedgeTest, WhoHasBecomeSlowIsNotTheFastestAnyMore) {
  engine.serve("a", {slow_stream(1s, "from a"), slow_stream(60s, "from a")});
  engine.serve("b", {slow_stream(2s, "from b")});
  FallbackConfig config;
  config.link(once("a")).link(once("b")).hedge(HedgeConfig().delay(3s)).strategy(FallbackStrategy::lowest_latency);
  const FallbackProvider both(config);
  for (int i = 0; i < 6; ++i) engine.run_stream(both);
  engine.sent.clear();
  EXPECT_EQ(engine.run_stream(both)->text(), "from b");
  EXPECT_EQ(engine.sent_to("a"), 0U);
}

TEST_F(HedgeTest, AFilteredAnswerDoesNotEndTheOther) {
  std::string filtered = chat_answer("half of");
  filtered.replace(filtered.find(R"("stop")"), 6, R"("content_filter")");
  engine.serve("a", {good("good", 10s)});
  engine.serve("b", {json_answer(200, filtered, {}, 1s)});
  EXPECT_EQ(engine.run_chat(hedged())->response().content(), "good");
  // With nobody left it is the answer.
  engine.serve("a", {Script().connect().head(500, {}, 4s).end()});
  engine.serve("b", {json_answer(200, filtered, {}, 5s)});
  EXPECT_EQ(engine.run_chat(hedged())->response().finish_reason(), FinishReason::content_filter);
}

TEST_F(HedgeTest, WhoRestsIsNotTriedAgainBesideTheOther) {
  engine.serve("a", {good("from a", 60s)});
  engine.serve("b", {refusing(500)});
  const Provider patient = engine.provider(engine.config("b").retry_config(RetryConfig().max_attempts(10)));
  FallbackConfig config;
  config.link(once("a")).link(patient).hedge(HedgeConfig().delay(3s));
  const FallbackProvider both(config.circuit_breaker(CircuitBreakerConfig().failures(2).rest(1h).max_rest(1h)));
  EXPECT_EQ(engine.run_chat(both)->response().content(), "from a");
  EXPECT_EQ(engine.sent_to("b"), 2U);
}

TEST_F(HedgeTest, AFailureOfTheFirstThatIsTheCallsIsNotWaitedWith) {
  engine.serve("a", {Script().connect().head(400, {}, 4s).end()});
  engine.serve("b", {silence()});
  const auto call = engine.run_stream(hedged());
  EXPECT_EQ(call->error().kind(), ErrorKind::invalid_request);
  EXPECT_EQ(call->took, 4s);
}

TEST_F(HedgeTest, NobodyRestsOrWaitsBesideTheFirst) {
  engine.serve("a", {slow_stream(10s, "from a")});
  engine.serve("b", {slow_stream(1s, "from b")});
  const FallbackProvider both = hedged();
  VirtualEngine::endpoint(both, 1).close_gate(engine.scheduler, 1h);
  EXPECT_EQ(engine.run_stream(both)->text(), "from a");
}

TEST_F(HedgeTest, WhenTheSecondIsTakenByNobodyTheFirstGoesOnAlone) {
  // It closes after the call began.
  engine.serve("a", {slow_stream(10s, "from a")});
  engine.serve("b", {slow_stream(1s, "from b")});
  const FallbackProvider both = hedged();
  const auto call = engine.stream(both);
  engine.scheduler.run_for(1s);
  VirtualEngine::endpoint(both, 1).close_gate(engine.scheduler, 1h);
  engine.scheduler.run();
  EXPECT_EQ(call->text(), "from a");
}

}  // namespace
}  // namespace antiphon::test
