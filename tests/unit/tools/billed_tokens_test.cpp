// What counts for `ToolLoop::max_cost` where a provider bills other tokens than it counted: Cohere (providers.md
// §6.12). The model is command-a-03-2025: 2.50 dollars for a million tokens in, 10 for a million out.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "unit/tools/world.hpp"

namespace antiphon::test {
namespace {

/// A call that is answered for ever with another call and this usage: how many answers came before the limit.
std::size_t answers_within(const std::string& usage, const std::string& dollars) {
  VirtualScheduler scheduler;
  std::size_t answers = 0;
  EngineOptions options;
  options.scheduler(scheduler).run_tools_on([](std::function<void()> task) { task(); });
  options.transport([&](Scheduler& clock) {
    return std::make_unique<ScriptedTransport>(clock, [&](const HttpRequest&) {
      ++answers;
      return Script::answer(200, "application/json",
                            R"({"id":"c","finish_reason":"TOOL_CALL","message":{"tool_calls":[{"id":"a)" +
                                std::to_string(answers) + R"(","function":{"name":"f","arguments":"{}"}}]},"usage":)" +
                                usage + "}");
    });
  });
  std::string limit;
  {
    const Engine engine(std::move(options));
    const Provider provider =
        create_provider(ModelConfig("command-a-03-2025", providers::cohere).base_url("http://provider").api_key("k"),
                        ProviderOptions().engine(engine));
    const Options asked =
        Options().tools(tool("f", "", [] {})).tool_loop(ToolLoop().max_cost(Money(dollars)).max_steps(10));
    provider.async_chat("Hi", asked).then([&](const Result<Response>& result) {
      if (!result) limit = result.error().where();
    });
    scheduler.run();
  }
  scheduler.run();
  EXPECT_TRUE(limit.starts_with("tool_loop.max_")) << limit;
  return answers;
}

TEST(BilledTokens, CountForTheCost) {
  const std::string counted = R"("tokens":{"input_tokens":1000000,"output_tokens":0},"cached_tokens":900000)";
  // 0.25 dollars for each answer.
  EXPECT_EQ(answers_within(R"({"billed_units":{"input_tokens":100000,"output_tokens":0},)" + counted + "}", "1"), 4U);
  // 2.50 dollars: nothing else is said.
  EXPECT_EQ(answers_within("{" + counted + "}", "1"), 1U);
  EXPECT_EQ(answers_within(R"({"billed_units":{"search_units":1},)" + counted + "}", "1"), 1U);
  // Output is billed too: 0.25 + 0.50.
  EXPECT_EQ(answers_within(R"({"billed_units":{"input_tokens":100000,"output_tokens":50000},)" + counted + "}", "1"),
            2U);
}

}  // namespace
}  // namespace antiphon::test
