// Each flag for the bad day has an effect. What the settings behind them mean in full, the tests of the library show.

#include "cli/support.hpp"
#include "support/markdown.hpp"

namespace antiphon::cli_test {
namespace {

constexpr const char* silence = R"({"timing": {"never_answer": true}})";
constexpr const char* here = R"({"answer": {"text": "Here."}})";

std::string wants_a_wait(const std::string& seconds) {
  return R"({"status": 503, "error": {}, "headers": {"retry-after": ")" + seconds + R"("}})";
}

/// The waits before another attempt that `-v` tells of, in milliseconds.
std::vector<int> waits(const std::string& log) {
  std::vector<int> all;
  const std::string event = "retry.wait provider=openai/m error=overloaded wait_ms=";
  for (std::size_t at = 0; (at = log.find(event, at)) != log.npos;) {
    all.push_back(std::stoi(log.substr(at += event.size())));
  }
  return all;
}

void expect_waits_of_a_millisecond(const Simulator& simulator, const Arguments& flags, std::size_t count) {
  Arguments arguments{"-v", "Hi"};
  arguments.insert(arguments.begin(), flags.begin(), flags.end());
  const Ended ended = chat(simulator, arguments).run();
  EXPECT_EQ(ended.status, 1);
  const std::vector<int> all = waits(ended.err);
  EXPECT_EQ(all.size(), count) << ended.err;
  for (const int wait : all) EXPECT_LE(wait, 1);
}

/// A conversation of two questions.
void ask_twice(const Program& program) {
  OnTerminal terminal(program);
  for (const char* line : {"one\r", "two\r"}) {
    terminal.wait_for("> ");
    terminal.type(line);
    terminal.wait_for("Here.");
  }
  terminal.wait_for("> ");
  terminal.type("\x04");
  EXPECT_EQ(terminal.finish(), 0);
}

/// How often the simulator was asked by a call that fails.
std::size_t asked(Simulator& simulator, Arguments arguments) {
  simulator.reset();
  arguments.emplace_back("Hi");
  EXPECT_EQ(chat(simulator, arguments).run().status, 1);
  return simulator.requests().size();
}

TEST(RetryFlags, WaitsBeginAndGrowAsTheySay) {
  Simulator simulator(rule(outage));
  expect_waits_of_a_millisecond(simulator, {"--initial-delay", "1ms", "--max-attempts", "2"}, 1);
  expect_waits_of_a_millisecond(simulator, {"--initial-delay", "1ms", "--backoff-factor", "1", "--max-attempts", "7"},
                                6);
  expect_waits_of_a_millisecond(simulator, {"--initial-delay", "1ms", "--backoff-factor", "500", "--max-delay", "1ms"},
                                2);
  expect_usage_error(chat(simulator, {"--initial-delay", "0s", "Hi"}), {"--initial-delay"});
  expect_usage_error(chat(simulator, {"--backoff-factor", "0.5", "Hi"}), {"backoff_factor"});
  expect_usage_error(chat(simulator, {"--max-delay", "1ms", "Hi"}), {"max_delay"});
}

TEST(RetryFlags, AProviderThatWantsALongerWaitHasFailed) {
  Simulator simulator(rule(wants_a_wait("5")));
  const Ended ended = chat(simulator, {"--json", "--max-retry-after", "1s", "Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(Parsed(ended.out).number("/error/retry_after_ms"), 5000);
  EXPECT_EQ(simulator.requests().size(), 1U);
  EXPECT_EQ(asked(simulator, {"--max-retry-after", "0s"}), 1U);
  EXPECT_EQ(asked(simulator, {"--retry-deadline", "1s"}), 1U) << "it would come too late";
}

TEST(RetryFlags, TheBudgetBoundsThem) {
  Simulator simulator(rule(outage));
  const Arguments often{"--max-attempts", "15", "--initial-delay", "1ms", "--max-delay", "1ms"};
  EXPECT_EQ(asked(simulator, often), 11U) << "ten are free";
  Arguments without = often;
  for (const char* more : {"--retry-budget", "1"}) without.emplace_back(more);
  EXPECT_EQ(asked(simulator, without), 15U);
  expect_usage_error(chat(simulator, {"--retry-budget", "2", "Hi"}), {"budget"});
}

TEST(RetryFlags, KindsCanBeChosen) {
  Simulator missing(Scenario().rule(R"({"times": 1, "status": 404, "error": {}})").rule(here));
  const Ended ended = chat(missing, {"--initial-delay", "1ms", "--retry-on", "not_found", "Hi"}).run();
  EXPECT_EQ(ended.out, "Here.\n") << ended.err;
  Simulator down(rule(outage));
  EXPECT_EQ(asked(down, {"--never-on", "server_error", "--never-on", "overloaded"}), 1U);
  expect_usage_error(chat(down, {"--never-on", "overlaoded", "Hi"}), {"--never-on", "did you mean overloaded?"});
  expect_usage_error(chat(down, {"--retry-on", "gremlins", "Hi"}), {"gremlins", "the kinds are: ", "rate_limited"});
  expect_usage_error(chat(down, {"--retry-on", "cancelled", "Hi"}), {"retry_on"});
}

TEST(LimitFlags, SoManyAtATime) {
  // The second waits for the permit of the first, although that says nothing.
  Simulator simulator(Scenario().rule(R"({"match": {"model": "m"}, "timing": {"never_answer": true}})").rule(here));
  const std::string second = "openai/second@" + simulator.openai_base_url();
  const auto first_ends = [&](Arguments arguments) {
    for (const char* more : {"--json", "--hedge", "10ms", "--fallback", second.c_str(), "Hi"}) {
      arguments.emplace_back(more);
    }
    const Ended ended = chat(simulator, arguments).run();
    EXPECT_EQ(ended.status, 0) << ended.err;
    return Parsed(ended.out).text("/attempts/0/error");
  };
  EXPECT_EQ(first_ends({"--timeout-first-chunk", "20s"}), "cancelled");
  EXPECT_EQ(first_ends({"--timeout-first-chunk", "1s", "--max-concurrent", "1"}), "timeout");
  expect_usage_error(chat(simulator, {"--max-concurrent", "0", "Hi"}), {"max_concurrent"});
}

/// A first provider and one that answers, with flags about both.
class FallbackFlags : public testing::Test {
 protected:
  explicit FallbackFlags(const char* first_rule = outage) : first(rule(first_rule)) {}

  void first_does(const std::string& rule_text) { first.set_scenario(rule(rule_text)); }
  Arguments with(Arguments flags, const Arguments& more = {"--json", "Hi"}) const {
    flags.insert(flags.end(), {"--fallback", "openai/second@" + second.openai_base_url()});
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
  }
  Arguments mistaken(Arguments flags) const { return with(std::move(flags), {"Hi"}); }
  Ended run(const Arguments& flags) {
    first.reset();
    second.reset();
    return chat(first, with(flags)).run();
  }
  void expect_asked(std::size_t of_first, std::size_t of_second) {
    EXPECT_EQ(first.requests().size(), of_first);
    EXPECT_EQ(second.requests().size(), of_second);
  }

  Simulator first;
  Simulator second{rule(here)};
};

TEST_F(FallbackFlags, TheCheapestOrTheWeightiestIsAskedFirst) {
  first_does(here);
  run({});
  expect_asked(1, 0);
  run({"--strategy", "cheapest", "--input-price", "2", "--output-price", "8", "--input-price", "1", "--output-price",
       "4"});
  expect_asked(0, 1);
  run({"--strategy", "weighted", "--weight", "0", "--weight", "1"});
  expect_asked(0, 1);
  expect_usage_error(chat(first, mistaken({"--strategy", "cheepest"})), {"--strategy", "did you mean cheapest?"});
  expect_usage_error(chat(first, mistaken({"--weight", "much"})), {"--weight", "a number"});
  expect_usage_error(chat(first, mistaken({"--weight", "1", "--weight", "2", "--weight", "3"})),
                     {"--weight", "3 times"});
  expect_usage_error(chat(first, mistaken({"--input-price", "1"})), {"--input-price and --output-price"});
  expect_usage_error(chat(first, mistaken({"--strategy", "weighted", "--weight", "-1"})), {"links[0].weight"});
}

TEST_F(FallbackFlags, WhoIsNotKnownYetMayBeTheQuickest) {
  first_does(here);
  ask_twice(chat(first, with({"--strategy", "lowest_latency"}, {})));
  expect_asked(1, 1);
}

TEST_F(FallbackFlags, AWaitIsShortOrLong) {
  first_does(wants_a_wait("1"));
  EXPECT_EQ(run({"--max-wait", "0s"}).status, 0);
  expect_asked(1, 1);
  EXPECT_EQ(run({"--max-attempts", "2"}).status, 0);
  expect_asked(2, 1);
}

TEST_F(FallbackFlags, WhoFailedInARowIsLeftOut) {
  // No overload, which would have everybody wait.
  first_does(R"({"status": 500, "error": {"message": "broken"}})");
  const auto asked_in_two_turns = [&](Arguments flags) {
    first.reset();
    for (const char* more : {"--max-attempts", "1"}) flags.emplace_back(more);
    ask_twice(chat(first, with(flags, {})));
    return first.requests().size();
  };
  EXPECT_EQ(asked_in_two_turns({}), 2U);
  EXPECT_EQ(asked_in_two_turns({"--breaker-failures", "1"}), 1U);
  EXPECT_EQ(asked_in_two_turns({"--breaker-failures", "1", "--breaker-rest", "1ms"}), 2U);
  expect_usage_error(chat(first, mistaken({"--breaker-failures", "0"})), {"circuit_breaker.failures"});
  expect_usage_error(chat(first, mistaken({"--breaker-max-rest", "1s"})), {"circuit_breaker.max_rest"});
}

TEST_F(FallbackFlags, KindsDecideWhoIsLeft) {
  first_does(R"({"status": 400, "error": {"message": "no"}})");
  EXPECT_EQ(run({}).status, 1);
  EXPECT_EQ(run({"--leave-on", "invalid_request"}).status, 0);
  first_does(outage);
  EXPECT_EQ(run({"--max-attempts", "1"}).status, 0);
  EXPECT_EQ(run({"--max-attempts", "1", "--stay-on", "overloaded"}).status, 1);
  expect_asked(1, 0);
  expect_usage_error(chat(first, mistaken({"--leave-on", "cancelled"})), {"leave_on"});
}

TEST_F(FallbackFlags, WhoSaysNothingIsLeft) {
  first_does(silence);
  const Ended ended = run({"--first-content-within", "50ms"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(ended.out).text("/attempts/0/error"), "timeout");
}

TEST_F(FallbackFlags, APromptThatWasTooLongGoesToALargerWindow) {
  first_does(R"({"status": 400, "error": {"code": "context_length_exceeded", "message": "too long"}})");
  Simulator third(rule(here));
  const std::string last = "openai/third@" + third.openai_base_url();
  EXPECT_EQ(run({"--context-window", "1000", "--context-window", "1000", "--context-window", "9000"}).status, 2)
      << "three for two";
  const Arguments windows{"--context-window", "1000", "--context-window", "1000", "--context-window", "9000"};
  const Ended ended = chat(first, with(windows, {"--fallback", last, "--json", "Hi"})).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(third.requests().size(), 1U);
  expect_asked(1, 0);
  expect_usage_error(chat(first, mistaken({"--context-window", "0.5"})), {"--context-window"});
}

TEST_F(FallbackFlags, WithoutAFallbackTheyAreMistakes) {
  for (const Arguments& flags : {Arguments{"--strategy", "cheapest"},
                                 {"--max-wait", "1s"},
                                 {"--breaker-failures", "1"},
                                 {"--breaker-rest", "1s"},
                                 {"--breaker-max-rest", "1h"},
                                 {"--leave-on", "internal"},
                                 {"--stay-on", "timeout"},
                                 {"--first-content-within", "1s"},
                                 {"--weight", "1"},
                                 {"--input-price", "1"},
                                 {"--output-price", "1"},
                                 {"--context-window", "1"}}) {
    Arguments arguments = flags;
    arguments.emplace_back("Hi");
    expect_usage_error(chat(first, arguments), {flags.front(), "there is no --fallback"});
  }
}

TEST(ReliabilityFlags, AreThoseOfTheDocumentation) {
  const std::string help = Program({"chat", "--help"}).run().out;
  int count = 0;
  for (const auto& cells : test::markdown_table("docs/retry-and-fallback.md", "<!-- settings -->").rows) {
    for (const std::string& cell : cells) {
      for (std::size_t at = 0; (at = cell.find("`--", at)) != cell.npos;) {
        const std::size_t end = cell.find_first_of(" `", ++at);
        EXPECT_TRUE(contains(help, cell.substr(at, end - at) + " "));
        ++count;
      }
    }
  }
  EXPECT_GE(count, 28);
}

TEST(ContinueWithFlag, WinsOverTheFile) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Once ", "upon "]},
                              "fault": {"missing_finish": true, "missing_done": true}})"));
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", "[defaults]\noptions = { continue_with = \"same\" }\n");
  EXPECT_EQ(asked(simulator, {"--config", file}), 4U) << "continued three times";
  EXPECT_EQ(asked(simulator, {"--config", file, "--continue-with", "none"}), 1U);
}

TEST(DeadlineFlag, EndsEverything) {
  Simulator simulator(rule(wants_a_wait("30")));
  Simulator silent(rule(silence));
  const Ended ended = chat(silent, {"--json", "--deadline", "100ms", "Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(Parsed(ended.out).text("/error/kind"), "deadline_exceeded");
  EXPECT_EQ(asked(simulator, {"--deadline", "5s"}), 1U) << "a wait that would end after it is not begun";
  expect_usage_error(chat(silent, {"--deadline", "0s", "Hi"}), {"--deadline"});
}

}  // namespace
}  // namespace antiphon::cli_test
