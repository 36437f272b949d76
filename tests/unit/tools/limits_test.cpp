// Limits, timeouts, approval and concurrency of tools.

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "unit/tools/world.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

Tool nothing() {
  return tool("f", "", [] {});
}

/// A model that calls again and again.
void call_forever(World& world, int times = 50) {
  for (int i = 1; i <= times; ++i) world.say(Said().call("a" + std::to_string(i), "f", "{}"));
}

void expect_limit(const Result<Response>& result, const std::string& where, const std::string& history) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::tool_limit);
  EXPECT_EQ(result.error().where(), where);
  ASSERT_NE(result.error().partial(), nullptr);
  EXPECT_EQ(in_words(result.error().partial()->history()), history);
}

TEST(ToolLimits, WhatIsNotSaidIsTakenOver) {
  const ToolLoop theirs = ToolLoop()
                              .max_steps(2)
                              .max_calls(3)
                              .max_time(4s)
                              .max_cost(Money("5"))
                              .at_limit(AtToolLimit::answer)
                              .concurrency(6)
                              .tool_timeout(7s)
                              .max_result_bytes(8)
                              .approve([](const ToolCall&) { return Approval::refused("not here"); });
  ToolLoop mine;
  mine.complete_with(theirs);
  EXPECT_EQ(mine.max_steps(), 2);
  EXPECT_EQ(mine.max_calls(), 3);
  EXPECT_EQ(mine.max_time(), std::optional<std::chrono::nanoseconds>(4s));
  EXPECT_EQ(mine.max_cost(), Money("5"));
  EXPECT_EQ(mine.at_limit(), AtToolLimit::answer);
  EXPECT_EQ(mine.concurrency(), 6);
  EXPECT_EQ(mine.tool_timeout(), std::optional<std::chrono::nanoseconds>(7s));
  EXPECT_EQ(mine.max_result_bytes(), 8U);
  EXPECT_TRUE(mine.approve());
  ToolLoop other = ToolLoop().max_steps(9);
  other.complete_with(theirs);
  EXPECT_EQ(other.max_steps(), 9);
}

TEST(ToolLimits, ACallWithALoopOfItsOwnStillAsksAsTheHandleSays) {
  World world;
  call_forever(world, 1);
  world.say(Said::text("Well."));
  int runs = 0;
  const ToolLoop asking = ToolLoop().approve([](const ToolCall&) { return Approval::refused("not here"); });
  const Provider provider = world.provider(ProviderOptions().options(Options().tool_loop(asking)));
  const Options options = Options().tools(tool("f", "", [&runs] { ++runs; })).tool_loop(ToolLoop().max_steps(3));
  const Result<Response> result = world.run(provider.async_chat("Hi", options));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "Well.");
  EXPECT_EQ(runs, 0);
}

TEST(ToolLimits, Steps) {
  World world;
  call_forever(world);
  expect_limit(world.chat(Options().tools(nothing()).tool_loop(ToolLoop().max_steps(2))), "tool_loop.max_steps",
               "assistant calls a1 f {}\ntool a1: done\nassistant calls a2 f {}\n"
               "tool a2! not run: no more calls of tools are allowed");
  EXPECT_EQ(world.bodies.size(), 2U);
}

TEST(ToolLimits, TwentyStepsByDefault) {
  World world;
  call_forever(world);
  EXPECT_FALSE(world.chat(Options().tools(nothing())));
  EXPECT_EQ(world.bodies.size(), 20U);
}

TEST(ToolLimits, Calls) {
  World world;
  world.say(Said().call("a1", "f", "{}"));
  world.say(Said().call("a2", "f", "{}").call("a3", "f", "{}"));
  expect_limit(world.chat(Options().tools(nothing()).tool_loop(ToolLoop().max_calls(2))), "tool_loop.max_calls",
               "assistant calls a1 f {}\ntool a1: done\nassistant calls a2 f {} calls a3 f {}\n"
               "tool a2! not run: no more calls of tools are allowed\n"
               "tool a3! not run: no more calls of tools are allowed");
}

TEST(ToolLimits, Time) {
  World world;
  world.say(Said().call("a1", "f", "{}").after(4s));
  world.say(Said().call("a2", "f", "{}").after(7s));
  expect_limit(world.chat(Options().tools(nothing()).tool_loop(ToolLoop().max_time(10s))), "tool_loop.max_time",
               "assistant calls a1 f {}\ntool a1: done\nassistant calls a2 f {}\n"
               "tool a2! not run: no more calls of tools are allowed");
}

TEST(ToolLimits, TheLastStepMayBeAnAnswer) {
  World world;
  world.say(Said().call("a1", "f", "{}"));
  world.say(Said::text("That is what I know."));
  const auto loop = ToolLoop().max_steps(2).at_limit(AtToolLimit::answer);
  const Result<Response> result = world.chat(Options().tools(nothing()).tool_loop(loop));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "That is what I know.");
  EXPECT_EQ(world.bodies[0].find(R"("tool_choice":"none")"), std::string::npos);
  EXPECT_NE(world.bodies[1].find(R"("tool_choice":"none")"), std::string::npos);
}

constexpr const char* bedrock_calls =
    R"({"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"a1","name":"f","input":{}}}]}},
        "stopReason":"tool_use","usage":{"inputTokens":7,"outputTokens":3}})";
constexpr const char* bedrock_says =
    R"({"output":{"message":{"role":"assistant","content":[{"text":"Enough."}]}},
        "stopReason":"end_turn","usage":{"inputTokens":7,"outputTokens":3}})";

// Bedrock cannot forbid calls when the history has some (providers.md §6.13): that is the loop's wish, not the user's.
TEST(ToolLimits, TheLastAnswerIsHadWhereNothingMayBeLost) {
  const ModelConfig nova("amazon.nova-pro-v1:0", providers::bedrock);
  for (const ToolLoop& loop : {ToolLoop().max_steps(2), ToolLoop().max_calls(1)}) {
    World world;
    world.say(Said::body(bedrock_calls));
    if (loop.max_steps() != 2) world.say(Said::body(bedrock_calls));
    world.say(Said::body(bedrock_says));
    const Result<Response> result =
        world.chat(nova, Options().tools(nothing()).strict().tool_loop(ToolLoop(loop).at_limit(AtToolLimit::answer)));
    ASSERT_TRUE(result) << result.error().where() << result.error().what();
    EXPECT_EQ(result->content(), "Enough.");
    ASSERT_EQ(result->warnings().size(), 1U);
    EXPECT_EQ(result->warnings()[0].where(), "tool_choice");
  }
}

TEST(ToolLimits, AUsersOwnChoiceOfNoneIsAnErrorWhereNothingMayBeLost) {
  const ModelConfig nova("amazon.nova-pro-v1:0", providers::bedrock);
  World world;
  world.say(Said::body(bedrock_calls));
  const Messages history =
      Messages().user("Hi").add(Message(Role::assistant).add(Part::tool_call("a1", "f", "{}"))).tool_result("a1", "1");
  const Options options = Options().tools(nothing()).strict().tool_choice(ToolChoice::Kind::none);
  const Result<Response> result = world.run(world.provider(nova, ProviderOptions()).async_chat(history, options));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::unsupported);
  EXPECT_EQ(result.error().where(), "tool_choice");
}

TEST(ToolLimits, BeyondOtherLimitsTheModelIsAskedOnceMore) {
  World world;
  call_forever(world, 2);
  world.say(Said::text("Enough."));
  const auto loop = ToolLoop().max_calls(1).at_limit(AtToolLimit::answer);
  const Result<Response> result = world.chat(Options().tools(nothing()).tool_loop(loop));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "Enough.");
  EXPECT_NE(world.bodies[2].find(R"("tool_choice":"none")"), std::string::npos);
  EXPECT_EQ(in_words(result->history()),
            "assistant calls a1 f {}\ntool a1: done\nassistant calls a2 f {}\n"
            "tool a2! not run: no more calls of tools are allowed");
}

TEST(ToolLimits, AModelThatCallsAllTheSameFails) {
  World world;
  call_forever(world);
  const auto loop = ToolLoop().max_calls(1).at_limit(AtToolLimit::answer);
  const Result<Response> result = world.chat(Options().tools(nothing()).tool_loop(loop));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::tool_limit);
  EXPECT_EQ(result.error().where(), "tool_loop.max_calls");
  EXPECT_EQ(world.bodies.size(), 3U);
}

TEST(ToolLimits, ValuesThatMakeNoSenseAreNamed) {
  const std::pair<ToolLoop, const char*> wrong[] = {
      {ToolLoop().max_steps(0), "tool_loop.max_steps"},
      {ToolLoop().max_calls(0), "tool_loop.max_calls"},
      {ToolLoop().concurrency(0), "tool_loop.concurrency"},
      {ToolLoop().max_result_bytes(0), "tool_loop.max_result_bytes"},
      {ToolLoop().max_time(0s), "tool_loop.max_time"},
      {ToolLoop().tool_timeout(-1s), "tool_loop.tool_timeout"},
  };
  for (const auto& [loop, where] : wrong) {
    World world;
    const Result<Response> result = world.chat(Options().tools(nothing()).tool_loop(loop));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::invalid_request);
    EXPECT_EQ(result.error().where(), where);
    EXPECT_TRUE(world.bodies.empty());
  }
  World world;
  const Result<Response> result = world.chat(Options().tools(nothing().timeout(0s)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "tools/0/timeout");
}

TEST(ToolLimits, OptionsOfAHandleCarryTools) {
  World world;
  world.say(Said().call("a1", "f", "{}"));
  const Options defaults = Options().tools(nothing()).tool_loop(ToolLoop().max_steps(1));
  const Result<Response> result = world.run(world.provider(ProviderOptions().options(defaults)).async_chat("Hi"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::tool_limit);
}

TEST(ToolLimits, LongResultsAreCutBetweenCharacters) {
  World world;
  world.say(Said().call("a1", "f", "{}").call("a2", "g", "{}"));
  const auto longer = tool("f", "", [] { return std::string("aÄÄÄÄ"); });
  const auto parts = tool("g", "", [] { return std::vector<Part>{Part::text("ÄÄÄ"), Part::text("b")}; });
  const Result<Response> result = world.chat(Options().tools(longer, parts).tool_loop(ToolLoop().max_result_bytes(4)));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->history()[1].parts()[0].text(), "aÄ\n[cut: 6 more bytes]");
  EXPECT_EQ(result->history()[2].parts()[0].text(), "ÄÄ\n[cut: 2 more bytes]b");
}

TEST(ToolLimits, ResultsThatAreNotUtf8AreMended) {
  World world;
  world.say(Said().call("a1", "f", "{}"));
  const Result<Response> result = world.chat(Options().tools(tool("f", "", [] {
    return std::string(
        "a\xff"
        "b");
  })));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->history()[1].parts()[0].text(),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(ToolApproval, RefusedCallsAreErrorsThatTheModelSees) {
  World world;
  std::string ran;
  std::string asked;
  const auto f = tool("f", "", R"({"type":"object"})", [&](const Json& arguments) { ran += arguments.text(); });
  world.say(Said()
                .call("a1", "f", R"({"n":1})")
                .call("a2", "f", R"({"n":2})")
                .call("a3", "f", R"({"n":3})")
                .call("a4", "f", R"({"n":4})")
                .call("a5", "f", "[")
                .call("a6", "f", R"({"n":6})"));
  const auto approve = [&](const ToolCall& call) -> Approval {
    asked += call.id() + call.name() + std::to_string(call.step()) + " ";
    if (call.id() == "a2") return false;
    if (call.id() == "a3") return Approval::refused("too dear");
    if (call.id() == "a4") throw std::runtime_error("no terminal");
    if (call.id() == "a6") throw 7;
    return Approval::approved();
  };
  const Result<Response> result = world.chat(Options().tools(f).tool_loop(ToolLoop().approve(approve)));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(ran, R"({"n":1})");
  EXPECT_EQ(asked, "a1f1 a2f1 a3f1 a4f1 a6f1 ");
  const auto text = [&](std::size_t index) { return in_words(Messages().add(result->history()[index])); };
  EXPECT_EQ(text(1), "tool a1: done");
  EXPECT_EQ(text(2), "tool a2! refused by the user");
  EXPECT_EQ(text(3), "tool a3! refused: too dear");
  EXPECT_EQ(text(4), "tool a4! refused: no terminal");
  EXPECT_EQ(text(6), "tool a6! refused: the tool failed");
}

/// Tools whose results the test gives.
class Waiting {
 public:
  Tool named(const std::string& name) {
    return tool(name, "", [this, name](const ToolCall& call) {
      started += name + " ";
      return Pending(*this, name, call.stop_token());
    });
  }
  void answer(const std::string& name) { waiters.at(name)(); }

  class Pending {
   public:
    Pending(Waiting& owner, std::string name, std::stop_token token)
        : owner_(&owner), name_(std::move(name)), token_(std::move(token)) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      owner_->waiters[name_] = [waiter] { waiter.resume(); };
      owner_->tokens[name_] = token_;
    }
    std::string await_resume() const { return name_; }

   private:
    Waiting* owner_;
    std::string name_;
    std::stop_token token_;
  };

  std::string started;
  std::map<std::string, std::function<void()>> waiters;
  std::map<std::string, std::stop_token> tokens;
};

class ToolConcurrency : public testing::Test {
 protected:
  void start(const ToolLoop& loop, Options options = Options()) {
    world.say(Said().call("1", "a", "{}").call("2", "b", "{}").call("3", "c", "{}"));
    options.tools(tools.named("a"), tools.named("b"), tools.named("c")).tool_loop(loop);
    world.provider().async_chat("Hi", options).then([this](Result<Response> r) { result = std::move(r); });
    world.scheduler.run_for(1s);
  }
  void answer(const std::string& name) {
    tools.answer(name);
    world.scheduler.run_for(1s);
  }
  std::string results() const {
    const Messages& history = *result ? (*result)->history() : result->error().partial()->history();
    std::string text;
    for (const Message& message : history) {
      if (message.role() == Role::tool) text += in_words(Messages().add(message)) + "; ";
    }
    return text;
  }
  /// In the order of the calls, whoever answered first.
  void expect_all_answered() const {
    ASSERT_TRUE(result);
    EXPECT_EQ(results(), "tool 1: a; tool 2: b; tool 3: c; ");
  }

  Waiting tools;
  World world;
  std::optional<Result<Response>> result;
};

TEST_F(ToolConcurrency, OneAfterTheOtherByDefault) {
  start(ToolLoop());
  EXPECT_EQ(tools.started, "a ");
  answer("a");
  EXPECT_EQ(tools.started, "a b ");
  answer("b");
  answer("c");
  expect_all_answered();
}

TEST_F(ToolConcurrency, AsManyAsAllowedAtTheSameTime) {
  start(ToolLoop().concurrency(2));
  EXPECT_EQ(tools.started, "a b ");
  answer("b");
  EXPECT_EQ(tools.started, "a b c ");
  answer("c");
  answer("a");
  expect_all_answered();
}

TEST_F(ToolConcurrency, WhatTakesTooLongIsToldToStop) {
  start(ToolLoop().tool_timeout(5s).concurrency(3));
  answer("b");
  EXPECT_FALSE(tools.tokens["a"].stop_requested());
  world.scheduler.run_for(10s);
  EXPECT_TRUE(tools.tokens["a"].stop_requested());
  EXPECT_FALSE(tools.tokens["b"].stop_requested());
  ASSERT_TRUE(result);
  EXPECT_EQ(results(),
            "tool 1! the tool took longer than 5 s and was told to stop; tool 2: b; "
            "tool 3! the tool took longer than 5 s and was told to stop; ");
  // Too late: nobody listens.
  answer("a");
  answer("c");
}

TEST_F(ToolConcurrency, ATimeoutOfTheToolWins) {
  world.say(Said().call("1", "a", "{}").call("2", "b", "{}"));
  world.provider()
      .async_chat(
          "Hi", Options().tools(tools.named("a").timeout(1s), tools.named("b")).tool_loop(ToolLoop().tool_timeout(1h)))
      .then([this](Result<Response> r) { result = std::move(r); });
  world.scheduler.run_for(2s);
  EXPECT_EQ(tools.started, "a b ");
  answer("b");
  ASSERT_TRUE(result);
  EXPECT_EQ(results(), "tool 1! the tool took longer than 1 s and was told to stop; tool 2: b; ");
  answer("a");
}

TEST_F(ToolConcurrency, ADeadlineEndsTheCallAndKeepsItsHistory) {
  start(ToolLoop().concurrency(2), Options().deadline(10s));
  answer("a");
  world.scheduler.run_for(20s);
  ASSERT_TRUE(result);
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_TRUE(tools.tokens["b"].stop_requested());
  EXPECT_EQ(results(),
            "tool 1: a; tool 2! the call was cancelled while the tool ran; "
            "tool 3! the call was cancelled while the tool ran; ");
  answer("b");
  answer("c");
}

TEST_F(ToolConcurrency, WhatHasNotBegunWhenTheCallEndsNeverRuns) {
  std::vector<std::function<void()>> row;
  world.run_tool = [&row](std::function<void()> task) { row.push_back(std::move(task)); };
  start(ToolLoop().concurrency(2), Options().deadline(10s));
  ASSERT_EQ(row.size(), 2U);
  row[0]();
  world.scheduler.run_for(1s);
  EXPECT_EQ(tools.started, "a ");
  world.scheduler.run_for(20s);
  ASSERT_TRUE(result) << "the call waits for a thread that it needs no more";
  EXPECT_EQ(result->error().kind(), ErrorKind::deadline_exceeded);
  row[1]();
  EXPECT_EQ(tools.started, "a ");
  answer("a");
}

TEST_F(ToolConcurrency, WhatReturnsWhileTheCallIsCancelledAndWorksOnIsToldToStop) {
  std::vector<std::function<void()>> row;
  world.run_tool = [&row](std::function<void()> task) { row.push_back(std::move(task)); };
  std::stop_source stop;
  start(ToolLoop(), Options().cancel_on(stop.get_token()));
  ASSERT_EQ(row.size(), 1U);
  stop.request_stop();
  row[0]();
  EXPECT_FALSE(tools.tokens["a"].stop_requested());
  world.scheduler.run_for(1s);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->error().kind(), ErrorKind::cancelled);
  EXPECT_TRUE(tools.tokens["a"].stop_requested());
  answer("a");
}

TEST_F(ToolConcurrency, NorWhatHasNotBegunWhenItsTimeIsOver) {
  std::vector<std::function<void()>> row;
  world.run_tool = [&row](std::function<void()> task) { row.push_back(std::move(task)); };
  start(ToolLoop().tool_timeout(5s).concurrency(3));
  world.scheduler.run_for(10s);
  for (const auto& task : row) task();
  EXPECT_EQ(tools.started, "");
  ASSERT_TRUE(result);
  EXPECT_EQ(results(),
            "tool 1! the tool took longer than 5 s and was told to stop; "
            "tool 2! the tool took longer than 5 s and was told to stop; "
            "tool 3! the tool took longer than 5 s and was told to stop; ");
}

TEST_F(ToolConcurrency, AnExecutorThatRefusesIsAnErrorOfTheTool) {
  world.run_tool = [](std::function<void()>) { throw std::runtime_error("closed"); };
  start(ToolLoop());
  ASSERT_TRUE(result);
  EXPECT_EQ(results(),
            "tool 1! the tool could not be started: closed; tool 2! the tool could not be started: closed; "
            "tool 3! the tool could not be started: closed; ");
}

TEST_F(ToolConcurrency, AnExecutorThatForgetsIsAnErrorOfTheTool) {
  world.run_tool = [](std::function<void()>) {};
  start(ToolLoop());
  ASSERT_TRUE(result);
  EXPECT_EQ(results(),
            "tool 1! the tool ended without a result; tool 2! the tool ended without a result; "
            "tool 3! the tool ended without a result; ");
}

}  // namespace
}  // namespace antiphon::test
