// OpenAI Responses as llama.cpp's server has them.
#include <string>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/pieces.hpp"
#include "real/real_model.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

Provider responses() { return real_model(providers::openai_responses); }

Options repeatable_response() { return Options().temperature(0).max_tokens(24); }

void expect_response_usage(const Response& response) {
  EXPECT_GT(response.usage().input_tokens().value_or(0), 0);
  EXPECT_GT(response.usage().output_tokens().value_or(0), 0);
  EXPECT_LE(response.usage().output_tokens().value_or(99), 24);
}

TEST(RealResponses, answer_with_usage) {
  const Response response =
      responses().chat(Messages().system("Be brief.").user("Why is the sky blue?"), repeatable_response());
  EXPECT_FALSE(response.content().empty());
  EXPECT_FALSE(response.id().empty());
  EXPECT_NE(response.finish_reason(), FinishReason::none);
  ASSERT_EQ(response.attempts().size(), 1U);
  EXPECT_EQ(response.attempts()[0].status(), 200);
  expect_response_usage(response);
}

TEST(RealResponses, a_stream_gives_the_answer_in_pieces_and_then_its_end) {
  const Response response = read_in_pieces(responses(), repeatable_response());
  EXPECT_TRUE(response.warnings().empty());
  expect_response_usage(response);
}

TEST(RealResponses, what_was_said_can_be_sent_back) {
  const Provider model = responses();
  Messages messages = Messages().user("Name a colour.");
  messages.add(model.chat(messages, repeatable_response()).message()).user("Another one.");
  EXPECT_FALSE(model.chat(messages, repeatable_response()).content().empty());
}

TEST(RealResponses, a_prompt_that_is_too_long_is_told_apart) {
  std::string prompt;
  for (int i = 0; i < 9000; ++i) prompt += "word ";
  const Result<Response> result = responses().try_chat(prompt);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::context_window_exceeded) << result.error().what();
  EXPECT_EQ(result.error().http_status(), 400);
}

}  // namespace
}  // namespace antiphon_tests
