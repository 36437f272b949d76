// A real engine that speaks Anthropic's protocol.
#include <string>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/real_model.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

Options repeatable_message() { return Options().temperature(0).max_tokens(24); }

TEST(RealAnthropic, answers_with_usage_and_finish_reason) {
  const Response response = real_model_of_anthropic().chat("Why is the sky blue?", repeatable_message());
  EXPECT_FALSE(response.content().empty());
  EXPECT_EQ(response.finish_reason(), FinishReason::length);
  EXPECT_EQ(response.raw_finish_reason(), "max_tokens");
  EXPECT_FALSE(response.id().empty());
  EXPECT_GT(response.usage().input_tokens().value_or(0), 0);
  EXPECT_EQ(response.usage().output_tokens(), Count(24));
}

TEST(RealAnthropic, a_stream_gives_the_answer_in_pieces_and_equals_the_whole_one) {
  const Provider model = real_model_of_anthropic();
  const Messages messages = Messages().system("Be brief.").user("Name three colours.");
  Stream stream = model.stream(messages, repeatable_message());
  std::string text;
  int pieces = 0;
  for (const Chunk& chunk : stream) {
    pieces += chunk.content().empty() ? 0 : 1;
    text += chunk.content();
  }
  EXPECT_GT(pieces, 5);
  ASSERT_NE(stream.response(), nullptr);
  EXPECT_EQ(stream.response()->content(), text);
  const Response whole = model.chat(messages, repeatable_message());
  EXPECT_EQ(whole.content(), text);
  EXPECT_EQ(whole.finish_reason(), stream.response()->finish_reason());
  EXPECT_EQ(whole.usage().input_tokens(), stream.response()->usage().input_tokens());
  EXPECT_EQ(whole.usage().output_tokens(), stream.response()->usage().output_tokens());
}

TEST(RealAnthropic, a_prompt_that_is_too_long_is_told_apart) {
  std::string prompt;
  for (int i = 0; i < 9000; ++i) prompt += "word ";
  for (const bool streamed : {false, true}) {
    const Provider model = real_model_of_anthropic();
    const Result<Response> result = streamed ? model.stream(prompt).try_collect() : model.try_chat(prompt);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::context_window_exceeded) << result.error().what();
    EXPECT_EQ(result.error().http_status(), 400);
  }
}

}  // namespace
}  // namespace antiphon_tests
