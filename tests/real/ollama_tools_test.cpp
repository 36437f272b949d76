// Tools of a real Ollama. The small model never learned to call any. Two ways make it call: a `format` that leaves
// nothing else, and the examples that the template of tests/real/Modelfile shows it.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/ollama_server.hpp"
#include "real/weather.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

constexpr const char* question = "Do I need an umbrella in Bergen?";

/// The answer can be nothing but a call of `weather` for one of two cities.
Options forced() {
  return brief(32).response_format(JsonSchema(Json(R"({"type": "object", "properties": {
      "name": {"type": "string", "enum": ["weather"]},
      "arguments": {"type": "object", "properties": {"city": {"type": "string", "enum": ["Bergen", "Oslo"]}},
                    "required": ["city"]}}, "required": ["name", "arguments"]})")));
}

/// One that is ours to answer.
Tool bare_weather() { return Tool("weather", "Current weather of a city", schema_of<Place>()); }

Part only_call(const Message& message) {
  EXPECT_EQ(message.parts().size(), 1U);
  for (const Part& part : message.parts()) {
    if (part.kind() == PartKind::tool_call) return part;
  }
  throw std::runtime_error("no call in the answer");
}

void expect_forced(const Response& response) {
  EXPECT_EQ(response.content(), "");
  EXPECT_EQ(response.finish_reason(), FinishReason::tool_calls);
  const Part call = only_call(response.message());
  EXPECT_EQ(call.name(), "weather");
  // The server gives none on this path.
  EXPECT_FALSE(call.id().empty());
  const Result<Place> place = try_read_json<Place>(Json(call.arguments()));
  ASSERT_TRUE(place) << call.arguments();
  EXPECT_TRUE(place->city == "Bergen" || place->city == "Oslo") << place->city;
}

TEST(RealOllamaTools, a_call_that_is_forced_is_read) {
  expect_forced(ollama().chat(question, forced().tools(bare_weather())));
}

// providers.md, trap 64: a whole call in one chunk.
TEST(RealOllamaTools, a_streamed_call_is_one_chunk) {
  Stream stream = ollama().stream(question, forced().tools(bare_weather()));
  std::string arguments;
  int calls = 0;
  bool finished = false;
  for (const Chunk& chunk : stream) {
    EXPECT_EQ(chunk.content(), "");
    if (chunk.kind() == ChunkKind::tool_call_delta) arguments += chunk.text();
    if (chunk.kind() == ChunkKind::tool_call) {
      EXPECT_FALSE(finished);
      ++calls;
      EXPECT_EQ(chunk.part()->arguments(), arguments);
    }
    finished = finished || chunk.kind() == ChunkKind::finish;
  }
  EXPECT_EQ(calls, 1);
  ASSERT_NE(stream.response(), nullptr);
  expect_forced(*stream.response());
}

TEST(RealOllamaTools, a_result_that_we_send_back_is_taken) {
  Messages messages = Messages().user(question);
  const Response asked = ollama().chat(messages, forced().tools(bare_weather()));
  const Part call = only_call(asked.message());
  Message result(Role::tool);
  result.add(Part::tool_result(call.id(), "Rain in Bergen, 8 degrees.", false, call.name()));
  messages.add(asked.message()).add(result);
  const Response answer = ollama().chat(messages, brief().tools(bare_weather()));
  EXPECT_GT(answer.usage().input_tokens().value_or(0), 0);
  EXPECT_FALSE(answer.content().empty());
  EXPECT_EQ(answer.attempts().back().status(), 200);
}

TEST(RealOllamaTools, the_loop_runs_a_forced_call_and_ends_with_an_answer) {
  std::vector<std::string> cities;
  const Options options =
      forced().tools(weather(cities)).tool_loop(ToolLoop().max_steps(2).at_limit(AtToolLimit::answer));
  const Response response = ollama().stream(question, options).collect();
  ASSERT_EQ(cities.size(), 1U);
  EXPECT_EQ(runs_in(response.history()), std::vector{"weather -> Rain in " + cities[0] + ", 8 degrees."});
  // It may not call any more, and what it says has the form all the same.
  EXPECT_NE(response.content().find("\"weather\""), std::string::npos) << response.content();
  EXPECT_EQ(response.attempts().size(), 2U);
}

/// The same question by both protocols of the server.
class RealOllamaLoop : public testing::TestWithParam<bool> {
 protected:
  static Provider model() { return GetParam() ? ollama_by_openai() : ollama(); }
};

TEST_P(RealOllamaLoop, calls_our_function_and_answers) {
  std::vector<std::string> cities;
  const Response response = model().chat(question, brief(32).tools(weather(cities)).tool_loop(ToolLoop().max_steps(3)));
  EXPECT_EQ(cities, std::vector<std::string>{"Bergen"});
  EXPECT_EQ(runs_in(response.history()), std::vector<std::string>{"weather -> Rain in Bergen, 8 degrees."});
  EXPECT_FALSE(response.content().empty());
  EXPECT_NE(response.finish_reason(), FinishReason::tool_calls);
  EXPECT_EQ(response.attempts().size(), 2U);
}

TEST_P(RealOllamaLoop, streams_through) {
  std::vector<std::string> cities;
  Stream stream = model().stream(question, brief(32).tools(weather(cities)).tool_loop(ToolLoop().max_steps(3)));
  std::vector<ChunkKind> order;
  for (const Chunk& chunk : stream) {
    if (chunk.kind() == ChunkKind::usage) continue;
    if (order.empty() || order.back() != chunk.kind()) order.push_back(chunk.kind());
  }
  EXPECT_EQ(cities, std::vector<std::string>{"Bergen"});
  const std::vector<ChunkKind> expected{ChunkKind::tool_call_delta, ChunkKind::tool_call, ChunkKind::tool_result,
                                        ChunkKind::content, ChunkKind::finish};
  EXPECT_EQ(order, expected);
  ASSERT_NE(stream.response(), nullptr);
  EXPECT_EQ(runs_in(stream.response()->history()), std::vector<std::string>{"weather -> Rain in Bergen, 8 degrees."});
}

INSTANTIATE_TEST_SUITE_P(protocols, RealOllamaLoop, testing::Bool(),
                         [](const auto& protocol) { return protocol.param ? "openai" : "native"; });

}  // namespace
}  // namespace antiphon_tests
