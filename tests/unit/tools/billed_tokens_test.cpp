// What an answer costs, and what counts for `ToolLoop::max_cost`, where a provider bills other tokens than it counted:
// Cohere (providers.md §6.12). The model is command-a-03-2025: 2.50 dollars for a million tokens in, 10 for a million
// out.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/virtual_engine.hpp"
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

/// 64 tokens of the prompt are Cohere's own, and are not billed.
constexpr const char* counted_and_billed =
    R"("usage":{"billed_units":{"input_tokens":10,"output_tokens":4},"tokens":{"input_tokens":74,"output_tokens":4},)"
    R"("cached_tokens":8})";

/// A stream that ends with these members.
std::string cohere_events(const std::string& end) {
  return R"(event: message-start
data: {"type":"message-start","id":"c-1","delta":{"message":{"role":"assistant","content":[],"tool_calls":[]}}}

event: content-start
data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}

event: content-delta
data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hello"}}}}

event: content-end
data: {"type":"content-end","index":0}

event: message-end
data: {"type":"message-end","delta":{)" +
         end + "}}\n\n";
}

struct BilledAnswers : testing::Test {
  Provider provider() {
    return engine.provider(ModelConfig("command-a-03-2025", providers::cohere).base_url("http://cohere").api_key("k"));
  }
  VirtualEngine engine;
  // 10 tokens in are 0.000025 dollars, 4 out 0.00004. By those that were counted it would be 0.000225.
  const Money billed = Money("0.000065");
};

TEST_F(BilledAnswers, CostWhatIsBilled) {
  engine.serve("cohere",
               {json_answer(200, R"({"id":"c-1","finish_reason":"COMPLETE","message":{"role":"assistant","content":[)"
                                 R"({"type":"text","text":"Hello"}]},)" +
                                     std::string(counted_and_billed) + "}"),
                streaming(cohere_events(R"("finish_reason":"COMPLETE",)" + std::string(counted_and_billed)))});
  for (const auto& call : {engine.run_chat(provider()), engine.run_stream(provider())}) {
    ASSERT_TRUE(*call->result);
    EXPECT_EQ(call->response().usage().input_tokens(), Count(74));
    EXPECT_EQ(call->response().cost(), billed);
    ASSERT_EQ(call->attempts().size(), 1U);
    EXPECT_EQ(call->attempts()[0].usage().input_tokens(), Count(74));
    EXPECT_EQ(call->attempts()[0].cost(), billed);
  }
}

TEST_F(BilledAnswers, CostItWhenTheyFail) {
  engine.serve("cohere", {streaming(cohere_events(R"("finish_reason":"ERROR","error":"generation failed",)" +
                                                  std::string(counted_and_billed)))});
  const auto call = engine.run_stream(provider());
  ASSERT_FALSE(*call->result);
  ASSERT_EQ(call->attempts().size(), 1U);
  EXPECT_TRUE(call->attempts()[0].error());
  EXPECT_EQ(call->attempts()[0].usage().input_tokens(), Count(74));
  EXPECT_EQ(call->attempts()[0].cost(), billed);
}

}  // namespace
}  // namespace antiphon::test
