#include "core/utf8.hpp"

#include <algorithm>

#include <array>
#include <cstdint>
#include <cstring>

namespace antiphon::inline v0::utf8 {
namespace {

using Byte = unsigned char;

constexpr std::uint64_t high_bits = 0x8080808080808080;

std::size_t skip_ascii(std::string_view text, std::size_t at) {
  for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & high_bits) != 0) break;
  }
  while (at < text.size() && static_cast<Byte>(text[at]) < 0x80) ++at;
  return at;
}

/// What may follow a lead byte: how many bytes, and the range of the first of them. The range is what keeps overlong
/// forms, surrogates and numbers beyond U+10FFFF out.
struct Lead {
  Byte following;
  Byte low;
  Byte high;
};

constexpr Lead lead(unsigned byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {1, 0x80, 0xBF};
  if (byte == 0xE0) return {2, 0xA0, 0xBF};
  if (byte == 0xED) return {2, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {2, 0x80, 0xBF};
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {3, 0x80, 0xBF};
  if (byte == 0xF4) return {3, 0x80, 0x8F};
  return {0, 0, 0};
}

constexpr std::array<Lead, 256> leads = [] {
  std::array<Lead, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) table[byte] = lead(byte);
  return table;
}();

}  // namespace

Piece first_piece(std::string_view text) {
  const auto first = static_cast<Byte>(text[0]);
  if (first < 0x80) return {1, true};
  const Lead expected = leads[first];
  if (expected.following == 0) return {1, false};
  if (text.size() == 1) return {1, false};
  const auto second = static_cast<Byte>(text[1]);
  if (second < expected.low || second > expected.high) return {1, false};
  for (std::size_t i = 2; i <= expected.following; ++i) {
    if (i == text.size() || (static_cast<Byte>(text[i]) & 0xC0) != 0x80) return {i, false};
  }
  return {expected.following + std::size_t{1}, true};
}

std::optional<std::size_t> find_invalid(std::string_view text) {
  for (std::size_t at = skip_ascii(text, 0); at < text.size(); at = skip_ascii(text, at)) {
    const Piece piece = first_piece(text.substr(at));
    if (!piece.valid) return at;
    at += piece.length;
  }
  return std::nullopt;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string repair(std::string_view text) {
  std::string out;
  out.reserve(text.size() + replacement.size());
  while (const auto bad = find_invalid(text)) {
    out.append(text.substr(0, *bad)).append(replacement);
    text.remove_prefix(*bad + first_piece(text.substr(*bad)).length);
  }
  return out.append(text);
}

char* write(char* out, char32_t code_point) {
  const auto put = [&out](char32_t byte) { *out++ = static_cast<char>(byte); };
  const auto put_following = [&put, code_point](int shift) { put(0x80 | (code_point >> shift & 0x3F)); };
  if ((code_point >= 0xD800 && code_point <= 0xDFFF) || code_point > 0x10FFFF) return write(out, 0xFFFD);
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put_following(0);
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put_following(6);
    put_following(0);
  } else {
    put(0xF0 | code_point >> 18);
    put_following(12);
    put_following(6);
    put_following(0);
  }
  return out;
}

void append(std::string& out, char32_t code_point) {
  char bytes[4];
  out.append(bytes, static_cast<std::size_t>(write(bytes, code_point) - bytes));
}

}  // namespace antiphon::inline v0::utf8
