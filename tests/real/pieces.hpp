#pragma once

#include <gtest/gtest.h>

#include <string>

#include <antiphon/antiphon.hpp>

namespace antiphon_tests {

/// A stream that gives its answer in pieces, and then its end. Returns what was said.
inline antiphon::Response read_in_pieces(const antiphon::Provider& model, const antiphon::Options& options) {
  antiphon::Stream stream = model.stream("Why is the sky blue?", options);
  std::string text;
  int pieces = 0;
  antiphon::FinishReason finish = antiphon::FinishReason::none;
  for (const antiphon::Chunk& chunk : stream) {
    if (!chunk.content().empty()) {
      EXPECT_EQ(finish, antiphon::FinishReason::none) << "content after the end";
      ++pieces;
      text += chunk.content();
    }
    if (chunk.kind() == antiphon::ChunkKind::finish) finish = chunk.finish_reason();
  }
  EXPECT_GT(pieces, 5);
  EXPECT_NE(finish, antiphon::FinishReason::none);
  if (stream.response() == nullptr) {
    ADD_FAILURE() << "no response";
    return antiphon::Response();
  }
  EXPECT_EQ(stream.response()->content(), text);
  EXPECT_EQ(stream.response()->finish_reason(), finish);
  return *stream.response();
}

/// Streamed or not, an answer is the same.
inline void expect_collected_equals_whole(const antiphon::Provider& model, const antiphon::Options& options) {
  const antiphon::Messages messages = antiphon::Messages().system("Be brief.").user("Name three colours.");
  const antiphon::Response whole = model.chat(messages, options);
  const antiphon::Response collected = model.stream(messages, options).collect();
  EXPECT_EQ(collected.message(), whole.message());
  EXPECT_EQ(collected.finish_reason(), whole.finish_reason());
  EXPECT_EQ(collected.model(), whole.model());
  EXPECT_EQ(collected.usage().input_tokens(), whole.usage().input_tokens());
  EXPECT_EQ(collected.usage().output_tokens(), whole.usage().output_tokens());
}

}  // namespace antiphon_tests
