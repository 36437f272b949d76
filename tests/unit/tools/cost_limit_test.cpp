// `ToolLoop::max_cost`. The model is gpt-4o: 2.50 dollars for a million tokens in, 10 for a million out.

#include <gtest/gtest.h>

#include "unit/tools/world.hpp"

namespace antiphon::test {
namespace {

class ToolCost : public testing::Test {
 protected:
  Tool counted() {
    return tool("f", "", [this] { ++runs; });
  }
  /// Calls again and again; each answer costs 0.01 + 0.01 dollars.
  void call_forever() {
    for (int i = 1; i <= 30; ++i) world.say(Said().call("a" + std::to_string(i), "f", "{}").used(4000, 1000));
  }
  Result<Response> ask(ToolLoop loop, const std::string& model = "gpt-4o",
                       ProviderOptions options = ProviderOptions()) {
    return world.run(world.provider(std::move(options), model)
                         .async_chat("Hi", Options().tools(counted()).tool_loop(std::move(loop))));
  }
  void expect_refused(const Result<Response>& result, const std::string& words) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::invalid_request);
    EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
    EXPECT_NE(result.error().message().find(words), std::string::npos) << result.error().message();
    EXPECT_TRUE(world.bodies.empty()) << "nothing is sent";
    EXPECT_EQ(runs, 0);
  }

  World world;
  int runs = 0;
};

TEST_F(ToolCost, NoToolRunsOnceItIsSpent) {
  call_forever();
  const Result<Response> result = ask(ToolLoop().max_cost(Money("0.05")));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::tool_limit);
  EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
  EXPECT_NE(result.error().message().find("$0.0600"), std::string::npos) << result.error().message();
  EXPECT_EQ(world.bodies.size(), 3U) << "0.02, 0.04, 0.06";
  EXPECT_EQ(runs, 2);
  ASSERT_NE(result.error().partial(), nullptr);
  EXPECT_EQ(in_words(result.error().partial()->history()),
            "assistant calls a1 f {}\ntool a1: done\nassistant calls a2 f {}\ntool a2: done\n"
            "assistant calls a3 f {}\ntool a3! not run: no more calls of tools are allowed");
}

// providers.md, trap 107: the model of an answer has another name than the one that was asked for (a date, a name of
// its maker's), and is not compared. The price is that of the name that was asked for.
TEST_F(ToolCost, TheModelThatWasAskedForHasThePrice) {
  for (const char* name : {"gpt-4o-2024-08-06", "gpt-4", "an-upstream/name", ""}) {
    world.bodies.clear();
    world.say(Said().call("a1", "f", "{}").used(4000, 1000).model(name));
    world.say(Said().call("a2", "f", "{}").used(4000, 1000).model(name));
    const Result<Response> result = ask(ToolLoop().max_cost(Money("0.04")));
    ASSERT_FALSE(result) << name;
    EXPECT_NE(result.error().message().find("$0.0400"), std::string::npos) << name << ": " << result.error().message();
    EXPECT_EQ(world.bodies.size(), 2U) << name;
  }
  // One that has no price is not called in the hope that the answer names one that has.
  world.bodies.clear();
  runs = 0;
  expect_refused(ask(ToolLoop().max_cost(Money("0.04")), "a-name-of-mine"), "openai/a-name-of-mine");
}

TEST_F(ToolCost, ItIsReachedToTheLastDigit) {
  call_forever();
  EXPECT_FALSE(ask(ToolLoop().max_cost(Money("0.04"))));
  EXPECT_EQ(world.bodies.size(), 2U);
  world.bodies.clear();
  EXPECT_FALSE(ask(ToolLoop().max_cost(Money("0.040000000001"))));
  EXPECT_EQ(world.bodies.size(), 3U);
}

TEST_F(ToolCost, AnAnswerWithinItIsFine) {
  world.say(Said().call("a1", "f", "{}").used(4000, 1000));
  world.say(Said::text("Done.").used(4000, 1000));
  const Result<Response> result = ask(ToolLoop().max_cost(Money("0.03")));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "Done.");
}

TEST_F(ToolCost, TheModelMayAnswerBeyondIt) {
  world.say(Said().call("a1", "f", "{}").used(4000, 1000));
  world.say(Said::text("Enough."));
  const Result<Response> result = ask(ToolLoop().max_cost(Money("0.01")).at_limit(AtToolLimit::answer));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "Enough.");
  EXPECT_NE(world.bodies[1].find(R"("tool_choice":"none")"), std::string::npos);
  EXPECT_EQ(runs, 0);
}

TEST_F(ToolCost, OfStreamsToo) {
  call_forever();
  Stream stream = world.provider(ProviderOptions(), "gpt-4o")
                      .stream("Hi", Options().tools(counted()).tool_loop(ToolLoop().max_cost(Money("0.05"))));
  const Result<Response> result = world.run(stream.for_each([](const Chunk&) {}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
  EXPECT_EQ(world.bodies.size(), 3U);
}

TEST_F(ToolCost, AnAttemptThatFailedIsOnTheBillToo) {
  world.say(Said().used(4000, 1000).cut());
  call_forever();
  const ProviderOptions none;
  const FallbackProvider both(world.provider(none, "gpt-4o"), world.provider(none, "gpt-4o"));
  Stream stream = both.stream("Hi", Options().tools(counted()).tool_loop(ToolLoop().max_cost(Money("0.03"))));
  const Result<Response> result = world.run(stream.for_each([](const Chunk&) {}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
  EXPECT_EQ(world.bodies.size(), 2U) << "0.02 that came to nothing, then 0.02";
  EXPECT_EQ(runs, 0);
}

TEST_F(ToolCost, WhatAFailedAttemptDidNotSayIsNotOnIt) {
  world.say(Said().usage(R"({"prompt_tokens":4000})").cut());
  call_forever();
  const ProviderOptions none;
  const FallbackProvider both(world.provider(none, "gpt-4o"), world.provider(none, "gpt-4o"));
  Stream stream = both.stream("Hi", Options().tools(counted()).tool_loop(ToolLoop().max_cost(Money("0.05"))));
  const Result<Response> result = world.run(stream.for_each([](const Chunk&) {}));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find("$0.0500 are spent"), std::string::npos) << result.error().message();
  EXPECT_EQ(world.bodies.size(), 3U) << "0.01 that came to nothing, then 0.02 and 0.02";
  EXPECT_EQ(runs, 1);
}

TEST_F(ToolCost, AModelWithoutAPriceIsRefusedBeforeAnythingIsSent) {
  call_forever();
  expect_refused(ask(ToolLoop().max_cost(Money("1")), "m"), "openai/m");
}

TEST_F(ToolCost, SoIsALinkWithoutOne) {
  call_forever();
  const ProviderOptions none;
  const FallbackProvider both(world.provider(none, "gpt-4o"), world.provider(none, "m"));
  const Options options = Options().tools(counted()).tool_loop(ToolLoop().max_cost(Money("1")));
  expect_refused(world.run(both.async_chat("Hi", options)), "openai/m");
}

TEST_F(ToolCost, AnAnswerThatDoesNotSayWhatItUsedReachesIt) {
  world.say(Said().call("a1", "f", "{}").without_usage());
  const Result<Response> result = ask(ToolLoop().max_cost(Money("100")));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
  EXPECT_NE(result.error().message().find("not every answer says"), std::string::npos) << result.error().message();
  EXPECT_EQ(runs, 0);
}

TEST_F(ToolCost, EachLinkHasItsPrice) {
  // The first is down; gpt-4o-mini answers, at 0.15 and 0.60: 0.0006 + 0.0006.
  const ProviderOptions none;
  const FallbackProvider both(world.provider(none, "gpt-4o"), world.provider(none, "gpt-4o-mini"));
  world.say(Said().status(500));
  world.say(Said().call("a1", "f", "{}").used(4000, 1000));
  world.say(Said().status(500));
  world.say(Said().call("a2", "f", "{}").used(4000, 1000));
  const Options options = Options().tools(counted()).tool_loop(ToolLoop().max_cost(Money("0.0024")));
  const Result<Response> result = world.run(both.async_chat("Hi", options));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
  EXPECT_NE(result.error().message().find("$0.0024"), std::string::npos) << result.error().message();
  EXPECT_EQ(runs, 1);
}

TEST_F(ToolCost, MustBeMoreThanZero) {
  expect_refused(ask(ToolLoop().max_cost(Money::zero())), "more than zero");
  expect_refused(ask(ToolLoop().max_cost(Money())), "must be known");
}

TEST_F(ToolCost, OptionsOfAHandleHaveIt) {
  // The call says something else of the loop; what it does not say is the handle's.
  call_forever();
  const ProviderOptions handle = ProviderOptions().options(Options().tool_loop(ToolLoop().max_cost(Money("0.05"))));
  const Result<Response> result = ask(ToolLoop().max_steps(10), "gpt-4o", handle);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
}

TEST_F(ToolCost, OptionsOfAChainDoNotLiftThoseOfItsLinks) {
  call_forever();
  ProviderOptions careful;
  careful.options(Options().tool_loop(ToolLoop().max_cost(Money("0.02"))));
  ProviderOptions patient;
  patient.options(Options().tool_loop(ToolLoop().max_steps(9)));
  const FallbackProvider chain(FallbackConfig().link(world.provider(careful, "gpt-4o")), patient);
  const Result<Response> result = world.run(chain.async_chat("Hi", Options().tools(counted())));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
  EXPECT_EQ(runs, 0);
}

TEST_F(ToolCost, OptionsOfALinkHoldForTheChain) {
  call_forever();
  const auto link = [&](const std::string& model, const char* most) {
    return world.provider(ProviderOptions().options(Options().tool_loop(ToolLoop().max_cost(Money(most)))), model);
  };
  const ProviderOptions none;
  const FallbackProvider both(link("gpt-4o", "0.05"), world.provider(none, "gpt-4o-mini"));
  const Result<Response> result = world.run(both.async_chat("Hi", Options().tools(counted())));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "tool_loop.max_cost");
  EXPECT_NO_THROW(FallbackProvider(link("gpt-4o", "1"), link("gpt-4o-mini", "1")));
  try {
    const FallbackProvider differing(link("gpt-4o", "1"), link("gpt-4o-mini", "2"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "fallback.options.tool_loop");
  }
  FallbackConfig own;
  own.link(link("gpt-4o", "1")).link(link("gpt-4o-mini", "2"));
  const auto with = [&](const ToolLoop& loop) {
    return FallbackProvider(own, ProviderOptions().options(Options().tool_loop(loop)));
  };
  EXPECT_NO_THROW(with(ToolLoop().max_cost(Money("1"))));
  EXPECT_THROW(with(ToolLoop().max_steps(3)), Error);
}

}  // namespace
}  // namespace antiphon::test
