#include <csignal>

#include "cli/support.hpp"
#include "support/places.hpp"
#include "support/refusing_port.hpp"

namespace antiphon::cli_test {
namespace {

testing::AssertionResult in_this_order(const std::string& text, const std::vector<std::string>& parts) {
  std::size_t from = 0;
  for (const std::string& part : parts) {
    const std::size_t found = text.find(part, from);
    if (found == std::string::npos) return testing::AssertionFailure() << "no \"" << part << "\" there in:\n" << text;
    from = found + part.size();
  }
  return testing::AssertionSuccess();
}

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

TEST(Reliability, WhatEverythingCostIsSaid) {
  Simulator simulator(
      Scenario().rule(R"({"times": 1, "status": 503, "error": {}})").rule(R"({"answer": {"text": "Here."}})"));
  Program program({"chat", "-m", "openai/gpt-4o-mini", "--base-url", simulator.openai_base_url(), "--json", "-v",
                   "--initial-delay", "1ms", "Hi"});
  const Ended ended = program.run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.number("/attempts/0/cost"), 0) << "it was refused";
  const double dollars = (json.number("/usage/input_tokens") * 0.15 + json.number("/usage/output_tokens") * 0.6) / 1e6;
  EXPECT_GT(dollars, 0);
  EXPECT_DOUBLE_EQ(json.number("/attempts/1/cost"), dollars);
  EXPECT_DOUBLE_EQ(json.number("/cost"), dollars);
  EXPECT_TRUE(contains(ended.err, "cost=$0.0000")) << ended.err;
  const Ended unknown = chat(simulator, {"--json", "-v", "Hi"}).run();
  EXPECT_FALSE(Parsed(unknown.out).has("/cost")) << "nobody knows the price of m";
  EXPECT_TRUE(contains(unknown.err, "cost=?")) << unknown.err;
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

TEST(Reliability, TheOutageOfTheDocumentationIsSurvived) {
  Simulator simulator(Scenario::from_file(test::source_path("examples/outage.json")));
  const std::string fallback = "ollama/llama3.2@" + simulator.ollama_base_url();
  const Ended ended = chat(simulator, {"--json", "-v", "--fallback", fallback, "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/text"), "Blue light is scattered more than red.");
  EXPECT_EQ(json.text("/attempts/0/error"), "overloaded");
  EXPECT_EQ(json.number("/attempts/0/waited_ms"), 0);
  EXPECT_EQ(json.text("/attempts/1/error"), "rate_limited");
  EXPECT_GE(json.number("/attempts/1/waited_ms"), 39);
  EXPECT_EQ(json.text("/attempts/2/provider"), "ollama");
  EXPECT_EQ(json.text("/attempts/2/model"), "llama3.2");
  EXPECT_EQ(json.json("/attempts/2/error"), "null");
  EXPECT_FALSE(json.has("/attempts/3"));
  EXPECT_TRUE(in_this_order(ended.err, {"attempt.start provider=openai/m", "attempt.end provider=openai/m status=503",
                                        "retry.wait provider=openai/m error=overloaded wait_ms=40",
                                        "attempt.start provider=openai/m", "attempt.end provider=openai/m status=429",
                                        "fallback.leave provider=openai/m error=rate_limited next=ollama/llama3.2",
                                        "attempt.start provider=ollama/llama3.2",
                                        "attempt.end provider=ollama/llama3.2 status=200", "call.end attempts=3"}));
  const Ended plain = chat(simulator, {"--fallback", fallback, "Hi"}).run();
  EXPECT_EQ(plain.out, "Blue light is scattered more than red.\n");
  EXPECT_EQ(plain.err, "") << "on no terminal nothing is said that nobody asked for";
}

TEST(Reliability, WhoRefusesAndWhoWantsAMinuteAreLeftAtOnce) {
  Simulator up(rule(R"({"answer": {"text": "Here."}})"));
  Simulator busy(rule(R"({"status": 429, "error": {}, "headers": {"retry-after": "60"}})"));
  const test::RefusingPort nobody;
  Arguments refused{"chat", "-m", "openai/m", "--base-url", nobody.url()};
  for (const std::string& argument : Arguments{"--json", "--fallback", at(busy), "--fallback", at(up), "Hi"}) {
    refused.push_back(argument);
  }
  const Ended ended = Program(refused).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/text"), "Here.");
  EXPECT_EQ(json.text("/attempts/0/error"), "connection");
  EXPECT_EQ(json.text("/attempts/1/error"), "rate_limited");
  EXPECT_EQ(json.json("/attempts/2/error"), "null");
  EXPECT_LT(json.number("/duration_ms"), 5000);
}

TEST(Reliability, FallbacksAreNamedWithAndWithoutTheirAddress) {
  Simulator down(rule(outage));
  Simulator up;
  const std::string port = std::to_string(up.port());
  const auto model_asked = [&](const std::string& fallback) {
    up.reset();
    const Ended ended = chat(down, {"--max-attempts", "1", "--fallback", fallback, "Hi"})
                            .environment("OPENAI_BASE_URL", up.openai_base_url())
                            .environment("OLLAMA_HOST", up.ollama_base_url())
                            .run();
    EXPECT_EQ(ended.status, 0) << ended.err;
    const auto requests = up.requests();
    return requests.size() == 1 ? std::string(requests[0].path()) + " " + Parsed(requests[0].body).text("/model")
                                : std::to_string(requests.size()) + " requests";
  };
  const std::string openai = "/v1/chat/completions ";
  EXPECT_EQ(model_asked("openai/second@http://127.0.0.1:" + port + "/v1"), openai + "second");
  EXPECT_EQ(model_asked("openai/second@http://127.0.0.1:" + port + "/v1/"), openai + "second");
  EXPECT_EQ(model_asked("openai/second@http://localhost:" + port + "/v1"), openai + "second");
  EXPECT_EQ(model_asked("ollama/llama3.2:1b@http://127.0.0.1:" + port), "/api/chat llama3.2:1b");
  EXPECT_EQ(model_asked("openai/org/model@rev@http://127.0.0.1:" + port + "/v1"), openai + "org/model@rev");
  EXPECT_EQ(model_asked("openai/model@2024"), openai + "model@2024");
  EXPECT_EQ(model_asked("ollama/llama3.2"), "/api/chat llama3.2");
  expect_usage_error(chat(down, {"--fallback", "openai/m@ftp://127.0.0.1", "Hi"}), {"--fallback", "http://"});
  expect_usage_error(chat(down, {"--fallback", "openai/m@http://", "Hi"}), {"base_url"});
  expect_usage_error(chat(down, {"--fallback", "nobody/m@http://127.0.0.1", "Hi"}), {"nobody", "openai"});
}

TEST(Reliability, CtrlCEndsAWait) {
  Simulator simulator(rule(R"({"status": 503, "error": {}, "headers": {"retry-after": "30"}})"));
  for (const Arguments& way : {Arguments{"-v", "Hi"}, Arguments{"-v", "--no-stream", "Hi"}}) {
    Running running(chat(simulator, way));
    running.wait_for_error("retry.wait provider=openai/m error=overloaded wait_ms=30000");
    const auto asked = std::chrono::steady_clock::now();
    running.signal(SIGINT);
    const Ended ended = running.finish();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(5));
    EXPECT_EQ(ended.status, 130);
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(contains(ended.err, "interrupted\n"));
  }
}

TEST(Reliability, AnInterruptedWaitStillListsItsAttempts) {
  Simulator simulator(rule(R"({"status": 503, "error": {}, "headers": {"retry-after": "30"}})"));
  Running running(chat(simulator, {"-v", "--json", "Hi"}));
  running.wait_for_error("retry.wait");
  running.signal(SIGINT);
  const Ended ended = running.finish();
  EXPECT_EQ(ended.status, 130);
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/error/kind"), "cancelled");
  EXPECT_EQ(json.text("/attempts/0/error"), "overloaded");
}

TEST(Reliability, ATerminalShowsLongWaits) {
  Simulator simulator(rule(R"({"status": 429, "error": {}, "headers": {"retry-after": "7"}})"));
  OnTerminal terminal(chat(simulator, {"Hi"}));
  terminal.wait_for("rate_limited: trying again in 7 s");
  terminal.type("\x03");
  terminal.wait_for("interrupted");
  EXPECT_EQ(terminal.finish(), 130);
  EXPECT_TRUE(contains(terminal.screen(), "\033[2mrate_limited: trying again in 7 s\033[0m"));
}

TEST(Reliability, ATerminalShowsWhoIsAskedInstead) {
  Simulator busy(rule(R"({"status": 429, "error": {}, "headers": {"retry-after": "60"}})"));
  Simulator up(rule(R"({"answer": {"text": "Here."}})"));
  OnTerminal terminal(chat(busy, {"--fallback", at(up), "Hi"}));
  terminal.wait_for("openai/m: rate_limited, asking openai/second");
  EXPECT_EQ(terminal.finish(), 0);
  EXPECT_TRUE(contains(terminal.screen(), "Here."));
}

TEST(Reliability, ATerminalShowsWhatLimitsHoldBack) {
  Simulator simulator(rule(R"({"answer": {"text": "Here."}})"));
  OnTerminal terminal(chat(simulator, {"--requests-per-minute", "2"}));
  terminal.wait_for("> ");
  terminal.type("one\r");
  terminal.wait_for("Here.");
  terminal.wait_for("> ");
  terminal.type("two\r");
  terminal.wait_for("limits: going on in ");
  terminal.type("\x03");
  terminal.wait_for("interrupted");
  terminal.wait_for("> ");
  terminal.type("\x04");
  EXPECT_EQ(terminal.finish(), 0);
  EXPECT_EQ(simulator.requests().size(), 1U);
}

TEST(Reliability, ANoticeDoesNotRunIntoTheAnswer) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "answer": {"chunks": ["Once upon "]},
                                    "fault": {"missing_finish": true, "missing_done": true}})")
                          .rule(R"({"status": 503, "error": {}, "headers": {"retry-after": "9"}})"));
  OnTerminal terminal(chat(simulator, {"--continue-with", "same", "Hi"}));
  terminal.wait_for("Once upon \r\n");
  terminal.wait_for("overloaded: trying again in 9 s");
  terminal.type("\x03");
  EXPECT_EQ(terminal.finish(), 130);
}

TEST(Reliability, LimitsHoldRequestsBack) {
  Simulator simulator(rule(R"({"answer": {"text": "Here."}})"));
  EXPECT_EQ(chat(simulator, {"--requests-per-minute", "60", "--tokens-per-minute", "100000", "Hi"}).run().status, 0);
  expect_usage_error(chat(simulator, {"--requests-per-minute", "0", "Hi"}), {"requests_per_minute"});
  expect_usage_error(chat(simulator, {"--tokens-per-minute", "-1", "Hi"}), {"tokens_per_minute"});
}

}  // namespace
}  // namespace antiphon::cli_test
