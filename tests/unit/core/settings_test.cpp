#include <gtest/gtest.h>

#include <type_traits>
#include <utility>
#include <vector>

#include <antiphon/antiphon.hpp>

namespace antiphon {
namespace {

TEST(Settings, ACopyIsIndependent) {
  Options first = Options().temperature(0.5).user("ann").stop("x");
  Options second = first;
  first.temperature(1).stop("y");
  second.user("bob");
  EXPECT_EQ(first.temperature(), 1);
  EXPECT_EQ(first.user(), "ann");
  EXPECT_EQ(first.stop(), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(second.temperature(), 0.5);
  EXPECT_EQ(second.user(), "bob");
  EXPECT_EQ(second.stop(), std::vector<std::string>{"x"});
}

TEST(Settings, ACopyTakesAllThatIsInside) {
  ToolLoop loop;
  loop.max_steps(3).approve([](const ToolCall&) { return false; });
  const Options options = Options().tool_loop(loop).tools(Tool("t", "d").strict(true));
  ModelConfig config("m", providers::openai);
  config.options(options).retry_config(RetryConfig().never_on(ErrorKind::timeout)).api_key("k");
  ModelConfig copy = config;
  config = ModelConfig("other", providers::ollama);
  loop.max_steps(4);

  EXPECT_EQ(copy.model(), "m");
  EXPECT_EQ(copy.provider().name(), "openai");
  EXPECT_EQ(copy.api_key().reveal(), "k");
  EXPECT_FALSE(copy.retry_config().kinds().contains(ErrorKind::timeout));
  ASSERT_TRUE(copy.options() && copy.options()->tool_loop());
  EXPECT_EQ(copy.options()->tool_loop()->max_steps(), 3);
  EXPECT_FALSE(copy.options()->tool_loop()->approve()(ToolCall("id", "t", "{}")));
  ASSERT_EQ(copy.options()->tools().size(), 1U);
  EXPECT_EQ(copy.options()->tools().front().strict(), true);
  EXPECT_FALSE(config.options());
  EXPECT_TRUE(config.api_key().empty());
}

TEST(Settings, AssigningReplacesAllThatWasSet) {
  Options options = Options().temperature(0.5).header("a", "b");
  options = Options().seed(1);
  EXPECT_FALSE(options.temperature());
  EXPECT_TRUE(options.headers().empty());
  EXPECT_EQ(options.seed(), 1);
  const Options none;
  options = none;
  EXPECT_FALSE(options.seed());
  const Options& itself = options;
  options.seed(2);
  options = itself;
  EXPECT_EQ(options.seed(), 2);
}

TEST(Settings, WhatWasMovedFromCanBeSetAnew) {
  Options options = Options().user("ann");
  const Options taken = std::move(options);
  EXPECT_EQ(taken.user(), "ann");
  options = Options();
  EXPECT_EQ(options.temperature(0.1).temperature(), 0.1);

  Tool tool("t", "d", R"({"type":"object"})");
  const Tool moved = std::move(tool);
  EXPECT_EQ(moved.name(), "t");
  EXPECT_EQ(moved.parameters(), Json(R"({"type":"object"})"));
  tool = Tool("again", "");
  EXPECT_EQ(tool.name(), "again");
}

TEST(Settings, LetContainersMoveThem) {
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Options>);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Tool>);
  EXPECT_TRUE(std::is_nothrow_move_assignable_v<RetryConfig>);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Request>);
}

TEST(Settings, UnsetOnesHaveTheirDefaults) {
  EXPECT_EQ(RetryConfig().max_attempts(), 3);
  EXPECT_TRUE(RetryConfig().kinds().contains(ErrorKind::overloaded));
  EXPECT_EQ(ToolLoop().max_calls(), 200);
  EXPECT_EQ(EmbeddingOptions().concurrency(), 4U);
  EXPECT_EQ(FallbackConfig().max_wait(), std::chrono::seconds(2));
  EXPECT_EQ(ModelConfig("m", providers::openai).max_response_bytes(), std::size_t{64} << 20);
}

TEST(Settings, EqualOnesAreEqualHoweverTheyWereSet) {
  RetryConfig set;
  set.max_attempts(5);
  EXPECT_NE(set, RetryConfig());
  EXPECT_EQ(set.max_attempts(3), RetryConfig());
  EXPECT_NE(set.retry_on(ErrorKind::not_found), RetryConfig());
  EXPECT_EQ(set.never_on(ErrorKind::not_found), RetryConfig());
}

TEST(Tool, AStrictOneHasItsStrictParameters) {
  Tool tool("t", "d", "{}");
  tool.strict_parameters(R"({"a":1})");
  EXPECT_EQ(tool.parameters(), Json("{}"));
  EXPECT_EQ(tool.strict(true).parameters(), Json(R"({"a":1})"));
  EXPECT_EQ(Tool("t", "d", "{}").strict(true).parameters(), Json("{}"));
}

}  // namespace
}  // namespace antiphon
