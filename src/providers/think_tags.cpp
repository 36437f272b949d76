#include "providers/think_tags.hpp"

#include <algorithm>
#include <utility>

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view open_tag = "<think>";
constexpr std::string_view close_tag = "</think>";
constexpr std::string_view blanks = " \t\r\n";
// A model that begins with more of them than this is not about to think.
constexpr std::size_t most_blanks = 64;

/// Length of the end of `text` that may be the beginning of `tag`.
std::size_t beginning_of(std::string_view tag, std::string_view text) {
  std::size_t length = std::min(tag.size() - 1, text.size());
  while (length > 0 && !text.ends_with(tag.substr(0, length))) --length;
  return length;
}

}  // namespace

void ThinkTags::feed(AnswerBuilder& builder, std::size_t choice, std::string_view piece) {
  if (state_ == State::saying) return builder.text(choice, piece);
  held_ += piece;
  step(builder, choice);
}

void ThinkTags::step(AnswerBuilder& builder, std::size_t choice) {
  if (state_ == State::beginning) begin();
  if (state_ == State::thinking) think(builder, choice);
  if (state_ == State::between) {
    // The line end behind the closing tag belongs to the tag.
    held_.erase(0, std::min(held_.find_first_not_of(blanks), held_.size()));
    if (!held_.empty()) state_ = State::saying;
  }
  if (state_ == State::saying) builder.text(choice, std::exchange(held_, {}));
}

void ThinkTags::begin() {
  const std::size_t first = held_.find_first_not_of(blanks);
  if (first == held_.npos) {
    if (held_.size() > most_blanks) state_ = State::saying;
    return;
  }
  const std::string_view start = std::string_view(held_).substr(first);
  if (start.starts_with(open_tag)) {
    held_.erase(0, first + open_tag.size());
    state_ = State::thinking;
  } else if (!open_tag.starts_with(start)) {
    state_ = State::saying;
  }
}

void ThinkTags::think(AnswerBuilder& builder, std::size_t choice) {
  const std::size_t close = held_.find(close_tag);
  if (close != held_.npos) {
    builder.reasoning(choice, std::string_view(held_).substr(0, close));
    held_.erase(0, close + close_tag.size());
    state_ = State::between;
    return;
  }
  const std::size_t sure = held_.size() - beginning_of(close_tag, held_);
  builder.reasoning(choice, std::string_view(held_).substr(0, sure));
  held_.erase(0, sure);
}

void ThinkTags::end(AnswerBuilder& builder, std::size_t choice) {
  const std::string held = std::exchange(held_, {});
  if (state_ == State::thinking) return builder.reasoning(choice, held);
  builder.text(choice, held);
}

void ThinkTags::off(AnswerBuilder& builder, std::size_t choice) {
  if (state_ == State::saying) return;
  end(builder, choice);
  state_ = State::saying;
}

}  // namespace antiphon::inline v0::codec
