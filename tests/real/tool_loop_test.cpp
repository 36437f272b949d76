// Tools by every protocol of llama.cpp's server. The template of tests/real/tools.jinja makes the small model call;
// `required` makes the engine's grammar enforce the schema.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include "real/colour.hpp"
#include "real/real_model.hpp"
#include "real/weather.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

constexpr const char* question = "Do I need an umbrella in Bergen?";
const std::vector<std::string> bergen{"Bergen"};
const std::vector<std::string> run{"weather -> Rain in Bergen, 8 degrees."};

Options repeatable() {
  return Options().temperature(0).max_tokens(32).deadline(std::chrono::minutes(3)).tool_loop(ToolLoop().max_steps(3));
}

class RealToolLoop : public testing::TestWithParam<std::string_view> {
 protected:
  const Provider model_ = real_model_by(GetParam());
  std::vector<std::string> cities_;
};

TEST_P(RealToolLoop, calls_our_function_and_answers) {
  const Response response = model_.chat(question, repeatable().tools(weather(cities_)));
  EXPECT_EQ(cities_, bergen);
  EXPECT_EQ(runs_in(response.history()), run);
  EXPECT_FALSE(response.content().empty());
  EXPECT_NE(response.finish_reason(), FinishReason::tool_calls);
  EXPECT_EQ(response.attempts().size(), 2U);
  EXPECT_GT(response.usage().output_tokens().value_or(0), 0);
}

TEST_P(RealToolLoop, streams_the_arguments_in_pieces_and_then_the_answer) {
  Stream stream = model_.stream(question, repeatable().tools(weather(cities_)));
  std::string arguments;
  int pieces = 0;
  std::vector<ChunkKind> order;
  for (const Chunk& chunk : stream) {
    if (chunk.kind() == ChunkKind::usage) continue;
    if (order.empty() || order.back() != chunk.kind()) order.push_back(chunk.kind());
    if (chunk.kind() == ChunkKind::tool_call_delta) {
      arguments += chunk.text();
      ++pieces;
    }
    if (chunk.kind() == ChunkKind::tool_call) {
      EXPECT_EQ(chunk.part()->arguments(), arguments);
      EXPECT_FALSE(chunk.part()->id().empty());
    }
  }
  EXPECT_GT(pieces, 3);
  const std::vector<ChunkKind> expected{ChunkKind::tool_call_delta, ChunkKind::tool_call, ChunkKind::tool_result,
                                        ChunkKind::content, ChunkKind::finish};
  EXPECT_EQ(order, expected);
  EXPECT_EQ(cities_, bergen);
  ASSERT_NE(stream.response(), nullptr);
  EXPECT_EQ(runs_in(stream.response()->history()), run);
}

TEST_P(RealToolLoop, a_conversation_goes_on_behind_a_tool) {
  Conversation conversation(model_, ConversationConfig().options(repeatable().tools(weather(cities_))));
  conversation.add_user_message(question);
  conversation.continue_chat();
  conversation.add_user_message("Thank you.");
  EXPECT_FALSE(conversation.continue_chat().content().empty());
  EXPECT_EQ(cities_, bergen);
  EXPECT_EQ(runs_in(conversation.messages()), run);
}

TEST_P(RealToolLoop, a_tool_that_has_to_be_called_gives_a_struct) {
  const Tool paint("paint", "Describes a thing", schema_of<Painted>());
  // Blanks between the members are the grammar's to allow.
  const Options options = repeatable().max_tokens(48).tools(paint).tool_choice(ToolChoice::Kind::required);
  for (const bool streamed : {false, true}) {
    const Response response = streamed ? model_.stream("What about a stone?", options).collect()
                                       : model_.chat("What about a stone?", options);
    EXPECT_EQ(response.finish_reason(), FinishReason::tool_calls);
    int calls = 0;
    for (const Part& part : response.message().parts()) {
      if (part.kind() != PartKind::tool_call) continue;
      ++calls;
      EXPECT_EQ(part.name(), "paint");
      const Result<Painted> painted = try_read_json<Painted>(Json(part.arguments()));
      EXPECT_TRUE(painted) << painted.error().what() << " in " << part.arguments();
    }
    EXPECT_EQ(calls, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(engine, RealToolLoop, real_protocols(), protocol_name);

}  // namespace
}  // namespace antiphon_tests
