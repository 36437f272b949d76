#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/answer_builder.hpp"

namespace antiphon::inline v0::codec {

/// Tells what a model thinks from what it says when a server leaves both in one text: `<think>…</think>` at the very
/// beginning of the answer (providers.md, trap 46). Tags may be cut anywhere.
class ThinkTags {
 public:
  /// Gives the piece to the builder as text or as reasoning. Holds back what may still become a tag.
  void feed(AnswerBuilder& builder, std::size_t choice, std::string_view piece);
  /// No more comes: gives what was held back.
  void end(AnswerBuilder& builder, std::size_t choice);
  /// The server tells reasoning apart by itself: tags mean nothing.
  void off(AnswerBuilder& builder, std::size_t choice);

 private:
  enum class State { beginning, thinking, between, saying };
  void step(AnswerBuilder& builder, std::size_t choice);
  void begin();
  void think(AnswerBuilder& builder, std::size_t choice);

  State state_ = State::beginning;
  std::string held_;
};

}  // namespace antiphon::inline v0::codec
