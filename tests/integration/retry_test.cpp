// Retry, shared back-pressure and limits over real sockets.

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "integration/reliability.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Failure {
  const char* rule;
  ErrorKind kind;
};

TEST(Retry, FailuresThatPassAreTriedAgain) {
  const Failure failures[] = {
      {R"("status": 408, "error": {})", ErrorKind::timeout},
      {R"("status": 409, "error": {})", ErrorKind::conflict},
      {R"("status": 429, "error": {}, "headers": {"retry-after-ms": "1"})", ErrorKind::rate_limited},
      {R"("status": 500, "error": {})", ErrorKind::server_error},
      {R"("html": "<html><body>502 Bad Gateway</body></html>")", ErrorKind::server_error},
      {R"("status": 503, "error": {}, "headers": {"retry-after": "0"})", ErrorKind::overloaded},
      {R"("status": 529, "error": {})", ErrorKind::overloaded},
      {R"("status": 400, "error": {}, "headers": {"x-should-retry": "true"})", ErrorKind::invalid_request},
      {R"("fault": {"cut_before_headers": true})", ErrorKind::connection},
      {R"("fault": {"cut_before_headers": true, "cut_by": "rst"})", ErrorKind::connection},
      {R"("fault": {"cut_after_bytes": 10})", ErrorKind::truncated},
      {R"("fault": {"cut_after_bytes": 0, "cut_by": "rst"})", ErrorKind::connection},
      {R"("fault": {"error_in_stream": {"after_events": 0, "code": "overloaded"}})", ErrorKind::overloaded},
      {R"("fault": {"broken_json": 0})", ErrorKind::protocol},
      {R"("timing": {"never_answer": true})", ErrorKind::timeout},
  };
  for (const Failure& failure : failures) {
    for (const bool streamed : {false, true}) {
      if (!streamed && std::string_view(failure.rule).find("error_in_stream") != std::string_view::npos) continue;
      SCOPED_TRACE(std::string(failure.rule) + (streamed ? " streamed" : ""));
      Simulator simulator(Scenario().rule(R"({"times": 1, )" + std::string(failure.rule) + "}").rule(good));
      const Provider provider = create_provider(openai_at(simulator).timeouts(Timeouts().first_content(100ms)));
      const Result<Response> result = ask(provider, streamed);
      ASSERT_TRUE(result) << result.error().what();
      EXPECT_EQ(result->content(), "Good.");
      ASSERT_EQ(result->attempts().size(), 2U);
      EXPECT_EQ(result->attempts()[0].error(), failure.kind);
      EXPECT_EQ(simulator.requests().size(), 2U);
    }
  }
}

TEST(Retry, FailuresThatStayAreNot) {
  const Failure failures[] = {
      {R"("status": 400, "error": {})", ErrorKind::invalid_request},
      {R"("status": 401, "error": {})", ErrorKind::authentication},
      {R"("status": 403, "error": {})", ErrorKind::permission},
      {R"("status": 404, "error": {})", ErrorKind::not_found},
      {R"("status": 429, "error": {"code": "insufficient_quota"})", ErrorKind::quota_exceeded},
      {R"("status": 500, "error": {}, "headers": {"x-should-retry": "false"})", ErrorKind::server_error},
      {R"("status": 429, "error": {}, "headers": {"retry-after": "61"})", ErrorKind::rate_limited},
  };
  for (const Failure& failure : failures) {
    for (const bool streamed : {false, true}) {
      SCOPED_TRACE(std::string(failure.rule) + (streamed ? " streamed" : ""));
      Simulator simulator(Scenario().rule(R"({"times": 1, )" + std::string(failure.rule) + "}").rule(good));
      const Result<Response> result = ask(create_provider(openai_at(simulator)), streamed);
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().kind(), failure.kind);
      EXPECT_EQ(result.error().attempts().size(), 1U);
      EXPECT_EQ(simulator.requests().size(), 1U);
    }
  }
}

TEST(Retry, AUserChoosesWhatIsTriedAgain) {
  Simulator simulator(
      Scenario().rule(R"({"times": 1, "status": 404, "error": {}})").rule(R"({"status": 500, "error": {}})"));
  ModelConfig config = openai_at(simulator);
  RetryConfig retry = config.retry_config();
  config.retry_config(retry.retry_on(ErrorKind::not_found).never_on(ErrorKind::server_error).max_attempts(5));
  EXPECT_EQ(in_words(ask(create_provider(config), false)), "m not_found, m server_error");
}

TEST(Retry, WaitsAsLongAsItIsTold) {
  Simulator simulator(
      Scenario().rule(R"({"times": 1, "status": 429, "error": {}, "headers": {"retry-after-ms": "120"}})").rule(good));
  const Response response = create_provider(openai_at(simulator)).chat("Hi");
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_GE(requests[1].time - requests[0].time, 120ms);
  EXPECT_GE(response.attempts()[1].waited(), 119ms);
  EXPECT_EQ(response.attempts()[0].waited(), 0ms);
}

TEST(Retry, NeverAfterAPieceWasHandedOut) {
  Simulator simulator(Scenario().rule(
      R"({"answer": {"chunks": ["One ", "two"]}, "fault": {"missing_finish": true, "missing_done": true}})"));
  const Result<Response> result = ask(create_provider(openai_at(simulator)), true);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::truncated);
  EXPECT_EQ(result.error().partial()->content(), "One two");
  EXPECT_EQ(in_words(result), "m truncated");
  EXPECT_EQ(simulator.requests().size(), 1U);
}

/// Provider and log of a call that is told to wait for half a minute.
class Waiting : public testing::Test {
 protected:
  Simulator simulator_{Scenario().rule(R"({"status": 503, "error": {}, "headers": {"retry-after": "30"}})")};
  std::shared_ptr<EventLog> log_ = std::make_shared<EventLog>();
  Engine engine_;
  Provider provider_ = create_provider(openai_at(simulator_), ProviderOptions().engine(engine_).logger(log_));
};

TEST_F(Waiting, IsCancelledAtOnce) {
  // A wait for a retry, then two behind the gate. The best of three: the machine may have other things to do.
  Clock::duration best = Clock::duration::max();
  const std::pair<const char*, const char*> waits[] = {
      {"retry.wait", "m overloaded"}, {"limit.wait", ""}, {"limit.wait", ""}};
  int behind_the_gate = 0;
  for (const auto& [event, attempts] : waits) {
    std::stop_source stop;
    auto call =
        std::async(std::launch::async, [&] { return provider_.try_chat("Hi", Options().cancel_on(stop.get_token())); });
    log_->wait_for(event, *attempts ? 1 : ++behind_the_gate);
    const auto asked = Clock::now();
    stop.request_stop();
    const Result<Response> result = call.get();
    best = std::min(best, Clock::now() - asked);
    EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
    EXPECT_EQ(in_words(result), attempts);
    EXPECT_EQ(engine_.calls_in_flight(), 0U);
  }
#ifdef NDEBUG
  EXPECT_LT(best, 50ms);
#else
  EXPECT_LT(best, 1s);
#endif
}

TEST_F(Waiting, IsNotBegunWhenTheDeadlineComesFirst) {
  const auto asked = Clock::now();
  const Result<Response> result = provider_.try_chat("Hi", Options().deadline(20s));
  EXPECT_LT(Clock::now() - asked, 5s);
  EXPECT_EQ(result.error().kind(), ErrorKind::overloaded);
  EXPECT_EQ(result.error().retry_after(), 30s);
}

TEST_F(Waiting, HoldsBackEverybodyWithThatKey) {
  std::stop_source stop;
  auto first =
      std::async(std::launch::async, [&] { return provider_.try_chat("Hi", Options().cancel_on(stop.get_token())); });
  log_->wait_for("retry.wait");
  auto second =
      std::async(std::launch::async, [&] { return provider_.try_chat("Hi", Options().cancel_on(stop.get_token())); });
  log_->wait_for("limit.wait");
  EXPECT_EQ(simulator_.requests().size(), 1U);
  // Another key has an allowance of its own.
  const ModelConfig other = openai_at(simulator_, "m", "another").retry_config(RetryConfig().max_attempts(1));
  EXPECT_FALSE(create_provider(other, ProviderOptions().engine(engine_)).try_chat("Hi"));
  EXPECT_EQ(simulator_.requests().size(), 2U);
  // Nobody waits for what comes after his deadline.
  const Error hurried = provider_.try_chat("Hi", Options().deadline(50ms)).error();
  EXPECT_EQ(hurried.kind(), ErrorKind::rate_limited);
  EXPECT_TRUE(hurried.retry_after().has_value());
  stop.request_stop();
  for (auto* call : {&first, &second}) EXPECT_EQ(call->get().error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(simulator_.requests().size(), 2U);
}

TEST(BackPressure, AfterAPauseCallersComeBackOneAfterTheOther) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "status": 429, "error": {}, "headers": {"retry-after-ms": "150"}})")
                          .rule(R"({"answer": {"text": "Good."}, "timing": {"before_head_ms": 20}})"));
  Engine engine;
  const auto log = std::make_shared<EventLog>();
  const Provider provider = create_provider(openai_at(simulator), ProviderOptions().engine(engine).logger(log));
  std::vector<std::future<Result<Response>>> calls;
  calls.push_back(std::async(std::launch::async, [&] { return provider.try_chat("Hi"); }));
  log->wait_for("retry.wait");
  for (int i = 0; i < 12; ++i) calls.push_back(std::async(std::launch::async, [&] { return provider.try_chat("Hi"); }));
  for (auto& call : calls) EXPECT_TRUE(call.get());
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 14U);
  const auto answered = simulator.events(SimulatorEvent::answered);
  EXPECT_GE(requests[1].time - requests[0].time, 150ms) << "nobody before the pause is over";
  // One, and after each answer one more than before.
  EXPECT_GE(requests[2].time, answered[1].time);
  EXPECT_GE(requests[4].time, answered[2].time);
}

TEST(BackPressure, AnEmptyAllowanceIsWaitedForBeforeItFails) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "answer": {"text": "Last."},
                                    "rate_limit": {"requests": {"limit": 60, "remaining": 0, "reset": "150ms"}}})")
                          .rule(good));
  const Provider provider = create_provider(openai_at(simulator));
  provider.chat("Hi");
  const Response second = provider.chat("Hi");
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_GE(requests[1].time - requests[0].time, 150ms);
  EXPECT_GT(second.attempts()[0].waited(), 0ms);
}

TEST(RetryBudget, AnOutageIsNotDoubled) {
  Simulator simulator(Scenario().rule(R"({"status": 500, "error": {}})"));
  const Provider provider = create_provider(openai_at(simulator));
  constexpr std::size_t calls = 60;
  std::size_t warned = 0;
  for (std::size_t i = 0; i < calls; ++i) {
    const Result<Response> result = provider.try_chat("Hi");
    ASSERT_FALSE(result);
    warned += result.error().attempts().size() < 3;
  }
  // A fifth of the calls, and ten that are free.
  EXPECT_LE(simulator.requests().size(), calls + calls / 5 + 10);
  EXPECT_GT(simulator.requests().size(), calls + 10);
  EXPECT_GT(warned, 0U);
}

TEST(Limits, NoMoreAtATimeThanIsAllowed) {
  Simulator simulator(Scenario().rule(R"({"answer": {"text": "Good."}, "timing": {"before_head_ms": 5}})"));
  Engine engine;
  const Limits three = Limits().max_concurrent(3);
  const ProviderOptions options = ProviderOptions().engine(engine);
  // Two providers of the same address and key share what is allowed.
  const Provider one = create_provider(openai_at(simulator).limits(three), options);
  const Provider other = create_provider(openai_at(simulator, "n").limits(three), options);
  std::vector<std::future<Result<Response>>> calls;
  for (int i = 0; i < 15; ++i) {
    for (const Provider* provider : {&one, &other}) {
      calls.push_back(std::async(std::launch::async, [provider, i] { return ask(*provider, i % 2 == 0); }));
    }
  }
  for (auto& call : calls) EXPECT_TRUE(call.get());
  EXPECT_EQ(simulator.stats().requests_open_peak, 3U);
  EXPECT_EQ(simulator.requests().size(), 30U);
}

TEST(Limits, WhoIsCancelledWhileWaitingTakesNothing) {
  Simulator simulator(
      Scenario().rule(R"({"match": {"body_contains": "hold"}, "timing": {"never_answer": true}})").rule(good));
  Engine engine;
  const auto log = std::make_shared<EventLog>();
  const Provider provider = create_provider(openai_at(simulator).limits(Limits().max_concurrent(1)),
                                            ProviderOptions().engine(engine).logger(log));
  std::stop_source stop_first;
  std::stop_source stop_second;
  auto first = std::async(std::launch::async,
                          [&] { return provider.try_chat("hold", Options().cancel_on(stop_first.get_token())); });
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 1, 30s));
  auto second = std::async(std::launch::async,
                           [&] { return provider.try_chat("Hi", Options().cancel_on(stop_second.get_token())); });
  log->wait_for("limit.wait");
  auto third = std::async(std::launch::async, [&] { return provider.try_chat("Hi"); });
  log->wait_for("limit.wait", 2);
  stop_second.request_stop();
  EXPECT_EQ(second.get().error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(simulator.requests().size(), 1U);
  stop_first.request_stop();
  EXPECT_EQ(first.get().error().kind(), ErrorKind::cancelled);
  EXPECT_TRUE(third.get());
  EXPECT_EQ(simulator.requests().size(), 2U);
}

TEST(Limits, RequestsPerMinuteAreSpreadEvenly) {
  Simulator simulator(Scenario().rule(good));
  // A tenth of 3000 may come at once, then 45 in a second.
  const Provider provider = create_provider(openai_at(simulator).limits(Limits().requests_per_minute(3000)));
  std::vector<std::future<Result<Response>>> calls;
  for (int i = 0; i < 16; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      Result<Response> last = provider.try_chat("Hi");
      for (int j = 1; j < 20 && last; ++j) last = provider.try_chat("Hi");
      return last;
    }));
  }
  for (auto& call : calls) EXPECT_TRUE(call.get());
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 320U);
  EXPECT_GE(requests[319].time - requests[0].time, 400ms);
}

}  // namespace
}  // namespace antiphon::test
