#include "json/writer.hpp"

#include <charconv>
#include <cmath>

#include "core/utf8.hpp"
#include "json/plain.hpp"

namespace antiphon::inline v0::json {
namespace {

/// What stands behind the backslash for a character that has a short escape; NUL for all others.
constexpr char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return '\0';
  }
}

void append_escape(std::string& out, char c) {
  constexpr char hex[] = "0123456789abcdef";
  if (const char letter = short_escape(c); letter != '\0') {
    out.append({'\\', letter});
  } else {
    out.append({'\\', 'u', '0', '0', hex[c >> 4 & 0xF], hex[c & 0xF]});
  }
}

template <class Number>
void append_number(std::string& out, Number value) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

}  // namespace

Writer& Writer::key(std::string_view name) {
  separate();
  out_.append(1, '"').append(name).append("\":");
  comma_ = false;
  return *this;
}

Writer& Writer::key_text(std::string_view name) {
  string(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::raw_key(std::string_view name) {
  raw(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  append_string(out_, text);
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::number(double value) {
  // Below this the integer says it exactly, and servers that want one do not always take `1e+05` for it.
  constexpr double integer_limit = 1e15;
  if (!std::isfinite(value)) return null();
  const bool negative_zero = value == 0 && std::signbit(value);
  if (std::trunc(value) == value && std::abs(value) < integer_limit && !negative_zero) {
    return integer(static_cast<std::int64_t>(value));
  }
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }

Writer& Writer::null() { return raw("null"); }

Writer& Writer::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

Writer& Writer::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

Writer& Writer::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

void Writer::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  const char* end = text.data() + text.size();
  const char* written = text.data();
  for (const char* at = skip_plain(written, end); at != end; at = skip_plain(at, end)) {
    const utf8::Piece piece = utf8::first_piece({at, static_cast<std::size_t>(end - at)});
    if (piece.length > 1 && piece.valid) {
      at += piece.length;
      continue;
    }
    out.append(written, at);
    if (piece.valid) {
      append_escape(out, *at);
    } else {
      out.append(utf8::replacement);
    }
    at += piece.length;
    written = at;
  }
  out.append(written, end).append(1, '"');
}

std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

}  // namespace antiphon::inline v0::json
