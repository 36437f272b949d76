// A small model says silly things: these tests look at shapes, counts, order and repeatability, never at wisdom.
#include <string>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/pieces.hpp"
#include "real/real_model.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

/// Always the same answer, short enough for a slow machine.
Options repeatable() { return Options().temperature(0).seed(1).max_tokens(24); }

void expect_usage(const Response& response) {
  EXPECT_TRUE(response.usage().input_tokens().known());
  EXPECT_GT(response.usage().input_tokens().value_or(0), 0);
  EXPECT_GT(response.usage().output_tokens().value_or(0), 0);
  EXPECT_LE(response.usage().output_tokens().value_or(0), 24);
}

TEST(RealChat, answers_with_usage_and_finish_reason) {
  const Response response = real_model().chat("Why is the sky blue?", repeatable());
  EXPECT_FALSE(response.content().empty());
  EXPECT_EQ(response.finish_reason(), FinishReason::length);
  EXPECT_EQ(response.message().role(), Role::assistant);
  EXPECT_FALSE(response.id().empty());
  EXPECT_NE(response.model().find("SmolLM2"), std::string::npos);
  ASSERT_EQ(response.attempts().size(), 1U);
  EXPECT_EQ(response.attempts()[0].status(), 200);
  expect_usage(response);
}

TEST(RealChat, a_stream_gives_the_answer_in_pieces_and_then_its_end) {
  const Response response = read_in_pieces(real_model(), repeatable());
  EXPECT_EQ(response.finish_reason(), FinishReason::length);
  expect_usage(response);
}

TEST(RealChat, a_collected_stream_equals_the_whole_answer) {
  expect_collected_equals_whole(real_model(), repeatable());
}

TEST(RealChat, a_prompt_that_is_too_long_is_told_apart) {
  std::string prompt;
  for (int i = 0; i < 9000; ++i) prompt += "word ";
  const Result<Response> result = real_model().try_chat(prompt);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::context_window_exceeded);
  EXPECT_EQ(result.error().http_status(), 400);
  EXPECT_NE(result.error().provider_message().find("exceeds the available context size"), std::string::npos);
}

}  // namespace
}  // namespace antiphon_tests
