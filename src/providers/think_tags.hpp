#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/answer_builder.hpp"

namespace antiphon::inline v0::codec {

/// Tells what a model thinks from what it says when a server leaves both in one text: `<think>…</think>` at the very
/// beginning of the answer (providers.md, trap 46). Tags may be cut anywhere.
///
/// Some prompts hold the opening tag already, and then only the closing one is in the answer: what stood before it was
/// thought and not said. It has been handed out by then; the answer as a whole has it right, with a warning.
class ThinkTags {
 public:
  /// Gives the piece to the builder as text or as reasoning. Holds back what may still become a tag.
  void feed(AnswerBuilder& builder, std::size_t choice, std::string_view piece);
  /// No more comes: gives what was held back.
  void end(AnswerBuilder& builder, std::size_t choice);
  /// The server tells reasoning apart by itself: tags mean nothing.
  void off(AnswerBuilder& builder, std::size_t choice);

 private:
  enum class State { beginning, thinking, between, watching, saying };
  void step(AnswerBuilder& builder, std::size_t choice);
  void begin();
  void think(AnswerBuilder& builder, std::size_t choice);
  void watch(AnswerBuilder& builder, std::size_t choice);
  void say(AnswerBuilder& builder, std::size_t choice, std::size_t size);

  State state_ = State::beginning;
  std::string held_;
  char last_said_ = ' ';
};

}  // namespace antiphon::inline v0::codec
