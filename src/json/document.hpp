#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "json/check.hpp"
#include "json/scratch.hpp"

namespace antiphon::inline v0::json {

constexpr bool opens(char c) { return c == '{' || c == '['; }
constexpr bool closes(char c) { return c == '}' || c == ']'; }
constexpr bool begins_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

/// Whether a token with this first byte stands between values, and is none itself.
inline constexpr std::array<bool, 256> separates = [] {
  std::array<bool, 256> table{};
  for (const unsigned char c : {',', ':', '}', ']'}) table[c] = true;
  return table;
}();

/// The text that is being read, and its tokens. Knows strings, spans and ends of values; remembers the first fault,
/// and has no tokens any more after it.
///
/// What is needed for each field of each chunk of a stream is inline, and hands text out as a `string_view` without
/// data where an `optional` would be natural: that one does not travel in registers.
class Document {
 public:
  using Token = std::uint32_t;

  /// `mark` bytes before the text were left out: places of faults count them.
  void begin(std::string_view padded_text, std::size_t mark, const std::uint32_t* offsets, std::uint32_t count);
  void begin_failed(const Fault& fault, std::size_t mark);

  bool failed() const { return failed_; }
  const std::string& error() const { return error_; }
  /// Remembers what is wrong at a token, unless something was wrong before. Always false.
  bool fail(Token token, const char* what);

  Token count() const { return count_; }
  /// First byte of a token that there is.
  char at(Token token) const { return text_[offsets_[token]]; }
  /// First byte of a token; a NUL, which begins no valid one, behind the last.
  char first(Token token) const { return token < count_ ? at(token) : '\0'; }
  /// A token that is no bracket, comma or colon; empty behind the last.
  std::string_view bytes(Token token) const {
    if (token >= count_) return {};
    const char* begin = text_ + offsets_[token];
    const char* end = token + 1 < count_ ? text_ + offsets_[token + 1] : end_;
    while (is_blank(end[-1])) --end;
    return {begin, static_cast<std::size_t>(end - begin)};
  }
  /// What the string says that begins with a token; without data when an escape in it is none.
  std::string_view string(Token token) {
    if (token >= count_) return {};
    return unquoted(token, token + 1 < count_ ? text_ + offsets_[token + 1] : end_);
  }
  /// The same for a string that is not the last token, the name of a member.
  [[gnu::always_inline]] std::string_view name(Token token) { return unquoted(token, text_ + offsets_[token + 1]); }

  /// The token behind a value, which begins with `first`; `count` after a fault.
  Token behind(Token value, char first, std::size_t depth) {
    if (!opens(first)) [[likely]]
      return value + 1;
    const Walked& last = walked_[value % most_walked];
    return last.container == value ? last.behind : skip(value, depth);
  }
  /// The token behind the root, which is a container; `count` after a fault.
  Token behind_root() { return behind_root_ != 0 ? behind_root_ : behind(0, first(0), 1); }
  /// Remembers where a container ends.
  void walked(Token container, Token behind) {
    walked_[container % most_walked] = Walked{container, behind};
    if (container == 0) behind_root_ = behind;
  }
  /// The bytes of a value.
  std::string_view span(Token value, Token behind) const;

 private:
  static constexpr Token no_token = std::numeric_limits<Token>::max();
  static constexpr std::size_t most_walked = 8;
  struct Walked {
    Token container = no_token;
    Token behind = 0;
  };

  static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  [[gnu::always_inline]] std::string_view unquoted(Token token, const char* end) {
    // Nothing but blanks stands between the closing quote and the next token: anything else would be one.
    while (*--end != '"') continue;
    const char* begin = text_ + offsets_[token] + 1;
    const std::string_view escaped(begin, static_cast<std::size_t>(end - begin));
    if (begin < literal_begin_ || end > literal_end_) [[unlikely]]
      return string(token, escaped);
    return escaped;
  }
  std::string_view string(Token token, std::string_view escaped);
  Token skip(Token container, std::size_t depth);

  const char* text_ = nullptr;
  const char* end_ = nullptr;
  const std::uint32_t* offsets_ = nullptr;
  Token count_ = 0;
  /// Where containers end that were walked through, the last few: saves walking again over what was visited.
  std::array<Walked, most_walked> walked_;
  Token behind_root_ = 0;  ///< 0 until it was walked through
  bool failed_ = false;
  /// A piece of the text without a backslash: what stands in it needs no look of its own. It moves on with the reading.
  const char* literal_begin_ = nullptr;
  const char* literal_end_ = nullptr;
  std::size_t mark_ = 0;
  Scratch unescaped_;
  std::string error_;
};

}  // namespace antiphon::inline v0::json
