// A real Ollama (providers.md, 5), a small model in it: shapes, counts, order and times, never wisdom.
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include "real/colour.hpp"
#include "real/ollama_server.hpp"
#include "real/pieces.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;
using Clock = std::chrono::steady_clock;

/// One of the durations that Ollama measures itself.
std::chrono::nanoseconds measured(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.provider_metadata()) {
    if (key == name) return std::chrono::nanoseconds(std::stoll(value.text()));
  }
  throw std::runtime_error("the answer has no " + std::string(name));
}

TEST(RealOllama, answers_with_usage_and_finish_reason) {
  const Response response = ollama().chat("Why is the sky blue?", brief());
  EXPECT_FALSE(response.content().empty());
  EXPECT_EQ(response.finish_reason(), FinishReason::length);
  EXPECT_EQ(response.raw_finish_reason(), "length");
  EXPECT_EQ(response.message().role(), Role::assistant);
  EXPECT_EQ(response.model(), "smol");
  EXPECT_GT(response.usage().input_tokens().value_or(0), 0);
  EXPECT_EQ(response.usage().output_tokens(), Count(16));
  ASSERT_EQ(response.attempts().size(), 1U);
  EXPECT_EQ(response.attempts()[0].status(), 200);
  EXPECT_TRUE(response.warnings().empty());
}

TEST(RealOllama, a_stream_gives_the_answer_in_pieces_and_then_its_end) {
  const Response response = read_in_pieces(ollama(), brief(24));
  EXPECT_EQ(response.finish_reason(), FinishReason::length);
  EXPECT_EQ(response.usage().output_tokens(), Count(24));
}

TEST(RealOllama, a_collected_stream_equals_the_whole_answer) { expect_collected_equals_whole(ollama(), brief()); }

TEST(RealOllama, pieces_come_while_the_model_writes) {
  Stream stream = ollama().stream("Why is the sky blue?", brief(24));
  std::vector<Clock::time_point> times;
  for (const Chunk& chunk : stream) {
    if (!chunk.content().empty()) times.push_back(Clock::now());
  }
  ASSERT_GT(times.size(), 5U);
  const Response& response = *stream.response();
  const auto written = measured(response, "eval_duration");
  EXPECT_GT(written.count(), 0);
  EXPECT_GE(times.back() - times.front(), written / 2);
  // What the server measured lies within what we measured.
  EXPECT_GE(response.duration(), measured(response, "total_duration"));
  ASSERT_TRUE(response.first_content_after());
  EXPECT_GE(*response.first_content_after(), measured(response, "prompt_eval_duration"));
  EXPECT_LE(*response.first_content_after() + written / 2, response.duration());
}

TEST(RealOllama, a_conversation_remembers) {
  Conversation conversation(ollama(), ConversationConfig().options(brief(8)));
  conversation.add_user_message("Name a colour.");
  const Response first = conversation.continue_chat();
  conversation.add_user_message("Another one.");
  const Response second = conversation.continue_chat();
  EXPECT_EQ(conversation.messages().size(), 4U);
  EXPECT_GT(second.usage().input_tokens().value_or(0), first.usage().input_tokens().value_or(0) + 8);
}

TEST(RealOllama, an_answer_has_the_form_of_a_schema) {
  // The grammar allows blanks without end, and the model would take them: it may not repeat itself here.
  const Options options = brief(48)
                              .response_format(JsonSchema(schema_of<Painted>(), "painted"))
                              .with(ollama::Options().repeat_penalty(1.3));
  for (const bool streamed : {false, true}) {
    const Response response = streamed ? ollama().stream("Describe a thing.", options).collect()
                                       : ollama().chat("Describe a thing.", options);
    const Result<Painted> painted = try_read_json<Painted>(response.content());
    EXPECT_TRUE(painted) << painted.error().what() << " in " << response.content();
    EXPECT_EQ(response.finish_reason(), FinishReason::stop);
  }
}

TEST(RealOllama, stops_where_it_is_told) {
  const Response whole = ollama().chat("Why is the sky blue?", brief());
  const std::string stop = whole.content().substr(whole.content().size() / 2, 3);
  const Response cut = ollama().chat("Why is the sky blue?", brief().stop(stop));
  EXPECT_EQ(cut.content(), whole.content().substr(0, whole.content().find(stop)));
  EXPECT_EQ(cut.finish_reason(), FinishReason::stop);
}

}  // namespace
}  // namespace antiphon_tests
