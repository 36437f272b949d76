#include "json/document.hpp"

#include <array>
#include <cstring>

#include "json/unescape.hpp"

namespace antiphon::inline v0::json {
namespace {

const char* find_backslash(const char* begin, const char* end) {
  const void* found = std::memchr(begin, '\\', static_cast<std::size_t>(end - begin));
  return found == nullptr ? end : static_cast<const char*>(found);
}

/// What the first byte of a token changes in depth.
constexpr std::array<signed char, 256> change_of_depth = [] {
  std::array<signed char, 256> table{};
  table['{'] = table['['] = 1;
  table['}'] = table[']'] = -1;
  return table;
}();

}  // namespace

void Document::begin(std::string_view padded_text, std::size_t mark, const std::uint32_t* offsets,
                     std::uint32_t count) {
  text_ = padded_text.data();
  end_ = text_ + padded_text.size();
  mark_ = mark;
  offsets_ = offsets;
  count_ = count;
  walked_.fill(Walked());
  behind_root_ = 0;
  literal_begin_ = text_;
  literal_end_ = find_backslash(text_, end_);
  unescaped_.clear();
  failed_ = false;
  error_.clear();
}

void Document::begin_failed(const Fault& fault, std::size_t mark) {
  count_ = 0;
  failed_ = true;
  error_ = to_string(Fault{mark + fault.at, fault.what});
}

bool Document::fail(Token token, const char* what) {
  if (failed_) return false;
  const auto size = static_cast<std::size_t>(end_ - text_);
  begin_failed(Fault{token < count_ ? offsets_[token] : size, what}, mark_);
  return false;
}

std::string_view Document::span(Token value, Token behind) const {
  const std::string_view last = bytes(behind - 1);
  const char* begin = text_ + offsets_[value];
  return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

std::string_view Document::string(Token token, std::string_view escaped) {
  const char* begin = escaped.data();
  const char* end = begin + escaped.size();
  if (begin > literal_end_) {
    literal_begin_ = begin;
    literal_end_ = find_backslash(begin, end_);
    if (end <= literal_end_) return escaped;
  } else if (begin < literal_begin_ && find_backslash(begin, end) == end) {
    return escaped;
  }

  char* room = unescaped_.room(escaped.size());
  const char* behind = unescape(escaped, room);
  if (behind == nullptr) {
    fail(token, "a string with a bad escape");
    return {};
  }
  const auto size = static_cast<std::size_t>(behind - room);
  unescaped_.take(size);
  return {room, size};
}

Document::Token Document::skip(Token container, std::size_t depth) {
  const std::size_t outside = depth - 1;
  const char closing = first(container) == '{' ? '}' : ']';
  for (Token token = container + 1; token < count_; ++token) {
    const char c = at(token);
    const auto change = change_of_depth[static_cast<unsigned char>(c)];
    if (change == 0) continue;
    if (change > 0) {
      if (++depth > greatest_depth) {
        fail(token, "nested too deep");
        return count_;
      }
    } else if (--depth == outside) {
      if (c != closing) break;
      walked(container, token + 1);
      return token + 1;
    }
  }
  fail(container, "an object or array that does not end");
  return count_;
}

}  // namespace antiphon::inline v0::json
