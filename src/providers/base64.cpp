#include "providers/base64.hpp"

#include <array>

namespace antiphon::inline v0::base64 {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t skipped = 0xfd;
constexpr std::uint8_t padding = 0xfe;
constexpr std::uint8_t invalid = 0xff;

constexpr std::array<std::uint8_t, 256> meanings = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(invalid);
  for (std::uint8_t value = 0; value < 64; ++value) table[static_cast<unsigned char>(alphabet[value])] = value;
  table['-'] = 62;
  table['_'] = 63;
  table['='] = padding;
  for (const char blank : {' ', '\t', '\r', '\n'}) table[static_cast<unsigned char>(blank)] = skipped;
  return table;
}();

bool is_normal(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  // A group has two letters at least.
  for (int sign = 0; sign < 2 && text.ends_with('='); ++sign) text.remove_suffix(1);
  return text.find_first_not_of(alphabet) == text.npos;
}

}  // namespace

void append_encoded(std::string& out, std::string_view bytes) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data() + start;
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, from += 3) {
    const std::uint32_t bits = std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | from[2];
    *to++ = alphabet[bits >> 18];
    *to++ = alphabet[bits >> 12 & 63];
    *to++ = alphabet[bits >> 6 & 63];
    *to++ = alphabet[bits & 63];
  }
  if (left == 0) return;
  const std::uint32_t bits = std::uint32_t{from[0]} << 16 | (left == 2 ? std::uint32_t{from[1]} << 8 : 0);
  *to++ = alphabet[bits >> 18];
  *to++ = alphabet[bits >> 12 & 63];
  if (left == 2) *to = alphabet[bits >> 6 & 63];
}

std::string encode(std::string_view bytes) {
  std::string text;
  append_encoded(text, bytes);
  return text;
}

bool Decoder::feed(std::string_view text, std::string& out) {
  bool valid = true;
  for (const char c : text) {
    const std::uint8_t meaning = meanings[static_cast<unsigned char>(c)];
    if (meaning == skipped) continue;
    if (meaning == padding) {
      count_ = 0;
      continue;
    }
    if (meaning == invalid) {
      valid = false;
      continue;
    }
    bits_ = bits_ << 6 | meaning;
    if (++count_ == 1) continue;
    // The second character completes the first byte, the third the second, the fourth the third.
    out += static_cast<char>(bits_ >> (8 - 2 * count_) & 0xff);
    count_ %= 4;
  }
  return valid;
}

std::optional<std::string> decode(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  auto* to = reinterpret_cast<unsigned char*>(bytes.data());
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = from + text.size() / 4 * 4;
  // Whole groups as they usually are; blanks, padding and what is wrong are left to the decoder.
  for (; from != end; from += 4, to += 3) {
    const std::uint8_t a = meanings[from[0]];
    const std::uint8_t b = meanings[from[1]];
    const std::uint8_t c = meanings[from[2]];
    const std::uint8_t d = meanings[from[3]];
    if ((a | b | c | d) >= 64) break;
    to[0] = static_cast<unsigned char>(a << 2 | b >> 4);
    to[1] = static_cast<unsigned char>(b << 4 | c >> 2);
    to[2] = static_cast<unsigned char>(c << 6 | d);
  }
  bytes.resize(static_cast<std::size_t>(to - reinterpret_cast<unsigned char*>(bytes.data())));
  text.remove_prefix(static_cast<std::size_t>(from - reinterpret_cast<const unsigned char*>(text.data())));
  Decoder rest;
  if (!rest.feed(text, bytes)) return std::nullopt;
  return bytes;
}

std::optional<std::string> normalize(std::string_view text) {
  if (is_normal(text)) return std::string(text);
  std::string bytes;
  Decoder decoder;
  if (!decoder.feed(text, bytes)) return std::nullopt;
  return encode(bytes);
}

}  // namespace antiphon::inline v0::base64
