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

/// A tag in quotes is one that is spoken of.
bool is_quote(char c) { return c == '`' || c == '"' || c == '\''; }

}  // namespace

void ThinkTags::feed(AnswerBuilder& builder, std::size_t choice, std::string_view piece) {
  if (state_ == State::saying) return builder.text(choice, piece);
  // Most answers have no tag, and whole ones come in one piece.
  const bool begins = state_ == State::beginning && piece.find_first_not_of(blanks) != piece.npos;
  if ((begins || state_ == State::watching) && held_.empty() && piece.find('<') == piece.npos) {
    state_ = State::watching;
    if (!piece.empty()) last_said_ = piece.back();
    return builder.text(choice, piece);
  }
  held_ += piece;
  step(builder, choice);
}

void ThinkTags::step(AnswerBuilder& builder, std::size_t choice) {
  if (state_ == State::beginning) begin();
  if (state_ == State::thinking) think(builder, choice);
  if (state_ == State::watching) watch(builder, choice);
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
    if (held_.size() > most_blanks) state_ = State::watching;
    return;
  }
  const std::string_view start = std::string_view(held_).substr(first);
  if (start.starts_with(open_tag)) {
    held_.erase(0, first + open_tag.size());
    state_ = State::thinking;
  } else if (!open_tag.starts_with(start)) {
    state_ = State::watching;
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

/// Says what is surely no tag, and looks for the closing one.
void ThinkTags::watch(AnswerBuilder& builder, std::size_t choice) {
  std::size_t at = 0;
  while ((at = held_.find('<', at)) != held_.npos) {
    const std::string_view rest = std::string_view(held_).substr(at);
    const char before = at == 0 ? last_said_ : held_[at - 1];
    if (rest.starts_with(open_tag) || (rest.starts_with(close_tag) && is_quote(before))) {
      state_ = State::saying;
      return;
    }
    if (rest.starts_with(close_tag)) {
      say(builder, choice, at);
      held_.erase(0, close_tag.size());
      builder.text_was_reasoning(choice);
      state_ = State::between;
      return;
    }
    if (open_tag.starts_with(rest) || close_tag.starts_with(rest)) break;
    ++at;
  }
  say(builder, choice, std::min(at, held_.size()));
}

/// The beginning of what is held.
void ThinkTags::say(AnswerBuilder& builder, std::size_t choice, std::size_t size) {
  if (size == 0) return;
  last_said_ = held_[size - 1];
  builder.text(choice, std::string_view(held_).substr(0, size));
  held_.erase(0, size);
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
