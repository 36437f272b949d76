#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

constexpr const char* outage = R"({"status": 503, "error": {"message": "down"}})";

std::string at(const Simulator& simulator) { return "openai/second@" + simulator.openai_base_url(); }

TEST(Reliability, AFailureIsTriedAgain) {
  Simulator simulator(
      Scenario().rule(R"({"times": 1, "status": 500, "error": {}})").rule(R"({"answer": {"text": "Good."}})"));
  const Ended ended = chat(simulator, {"--json", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/text"), "Good.");
  EXPECT_EQ(json.text("/attempts/0/error"), "server_error");
  EXPECT_EQ(json.number("/attempts/0/status"), 500);
  EXPECT_EQ(json.json("/attempts/1/error"), "null");
}

TEST(Reliability, MaxAttemptsBoundsThem) {
  Simulator simulator(rule(outage));
  const Ended ended = chat(simulator, {"--json", "--max-attempts", "2", "Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(simulator.requests().size(), 2U);
  EXPECT_EQ(Parsed(ended.out).text("/attempts/1/error"), "overloaded");
  expect_usage_error(chat(simulator, {"--max-attempts", "0", "Hi"}), {"--max-attempts"});
}

TEST(Reliability, AnOutageIsAnsweredByTheFallback) {
  Simulator down(rule(outage));
  Simulator up(rule(R"({"answer": {"text": "Here."}})"));
  const Ended ended = chat(down, {"--json", "-v", "--fallback", at(up), "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/text"), "Here.");
  const std::size_t asked = down.requests().size();
  EXPECT_EQ(asked, 3U);
  EXPECT_EQ(json.text("/attempts/0/model"), "m");
  EXPECT_EQ(json.text("/attempts/0/error"), "overloaded");
  EXPECT_EQ(json.text("/attempts/3/model"), "second");
  EXPECT_EQ(json.json("/attempts/3/error"), "null");
  for (const char* event : {"retry.wait", "fallback.leave provider=openai/m error=overloaded", "attempts=4"}) {
    EXPECT_TRUE(contains(ended.err, event));
  }
}

TEST(Reliability, EveryFallbackThatFailsIsNamed) {
  Simulator down(rule(outage));
  const Ended ended = chat(down, {"--json", "--max-attempts", "1", "--fallback", at(down), "Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/attempts/0/model"), "m");
  EXPECT_EQ(json.text("/attempts/1/model"), "second");
  EXPECT_EQ(json.text("/error/kind"), "overloaded");
}

TEST(Reliability, AWrongFallbackIsNamed) {
  Simulator simulator(rule(R"({"answer": {"text": "Here."}})"));
  expect_usage_error(chat(simulator, {"--fallback", "nonsense", "Hi"}), {"nonsense", "PROVIDER/MODEL"});
  expect_usage_error(chat(simulator, {"--hedge", "2s", "Hi"}), {"--hedge", "--fallback"});
  expect_usage_error(chat(simulator, {"--continue-with", "other", "Hi"}), {"--continue-with", "same or next"});
}

TEST(Reliability, ASlowProviderIsHedged) {
  Simulator slow(rule(R"({"timing": {"never_answer": true}})"));
  Simulator quick(rule(R"({"answer": {"text": "Here."}})"));
  const Ended ended = chat(slow, {"--json", "--hedge", "20ms", "--fallback", at(quick), "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/text"), "Here.");
  EXPECT_EQ(slow.requests().size(), 1U);
  EXPECT_TRUE(json.has("/attempts/1"));
}

TEST(Reliability, ACutAnswerIsContinued) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "answer": {"chunks": ["Once upon ", "a "]},
                                    "fault": {"missing_finish": true, "missing_done": true}})")
                          .rule(R"({"answer": {"text": "time."}})"));
  const Ended ended = chat(simulator, {"--continue-with", "same", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, "Once upon a time.\n");
  EXPECT_TRUE(contains(ended.err, "continued by openai/m"));
  Parsed second(simulator.requests().at(1).body);
  EXPECT_EQ(second.text("/messages/1/content"), "Once upon a ");
}

TEST(Reliability, LimitsHoldRequestsBack) {
  Simulator simulator(rule(R"({"answer": {"text": "Here."}})"));
  EXPECT_EQ(chat(simulator, {"--requests-per-minute", "60", "--tokens-per-minute", "100000", "Hi"}).run().status, 0);
  expect_usage_error(chat(simulator, {"--requests-per-minute", "0", "Hi"}), {"requests_per_minute"});
  expect_usage_error(chat(simulator, {"--tokens-per-minute", "-1", "Hi"}), {"tokens_per_minute"});
}

}  // namespace
}  // namespace antiphon::cli_test
