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

}  // namespace antiphon_tests
