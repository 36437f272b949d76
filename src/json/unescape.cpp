#include "json/unescape.hpp"

#include <algorithm>
#include <optional>

#include "core/utf8.hpp"

namespace antiphon::inline v0::json {
namespace {

/// The number that four hexadecimal digits at the beginning of `text` say.
std::optional<char32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  char32_t value = 0;
  for (const char c : text.substr(0, 4)) {
    value <<= 4;
    if (c >= '0' && c <= '9') {
      value |= static_cast<char32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value |= static_cast<char32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      value |= static_cast<char32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

/// Takes `uXXXX`, or both halves of a surrogate pair, from the beginning of `rest`, which stands behind a backslash.
std::optional<char32_t> take_code_point(std::string_view& rest) {
  const auto first = hex4(rest.substr(1));
  if (!first) return std::nullopt;
  rest.remove_prefix(5);
  const bool is_high = *first >= 0xD800 && *first <= 0xDBFF;
  if (!is_high || !rest.starts_with("\\u")) return first;
  const auto second = hex4(rest.substr(2));
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return first;
  rest.remove_prefix(6);
  return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
}

/// What a one-letter escape stands for; NUL for a letter that is none.
constexpr char escaped_letter(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

}  // namespace

char* unescape(std::string_view escaped, char* out) {
  for (;;) {
    const std::size_t backslash = std::min(escaped.find('\\'), escaped.size());
    out = std::copy_n(escaped.data(), backslash, out);
    escaped.remove_prefix(backslash);
    if (escaped.empty()) return out;
    escaped.remove_prefix(1);
    if (escaped.starts_with('u')) {
      const auto code_point = take_code_point(escaped);
      if (!code_point) return nullptr;
      out = utf8::write(out, *code_point);
    } else {
      const char c = escaped.empty() ? '\0' : escaped_letter(escaped.front());
      if (c == '\0') return nullptr;
      *out++ = c;
      escaped.remove_prefix(1);
    }
  }
}

std::optional<std::string> without_lone_surrogates(std::string_view json) {
  std::optional<std::string> mended;
  // A backslash that stands for itself hides what follows it: they are taken two by two.
  for (std::size_t at = json.find('\\'); at != json.npos; at = json.find('\\', at)) {
    std::string_view rest = json.substr(at + 1);
    const std::optional<char32_t> code_point = rest.starts_with('u') ? take_code_point(rest) : std::nullopt;
    if (code_point && *code_point >= 0xD800 && *code_point <= 0xDFFF) {
      if (!mended) mended.emplace(json);
      mended->replace(at + 2, 4, "fffd");
    }
    at = code_point ? json.size() - rest.size() : at + 2;
  }
  return mended;
}

}  // namespace antiphon::inline v0::json
