#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace antiphon::inline v0::json {

/// True for the bytes that stand in a JSON string as they are and are whole characters: ASCII without control
/// characters, the quote and the backslash.
inline constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) table[byte] = byte != '"' && byte != '\\';
  return table;
}();

/// Each byte of `word` that is not plain has its high bit set in the result. A byte above such a byte may have it set
/// wrongly: only zero or not zero means something.
constexpr std::uint64_t not_plain(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t high = ones * 0x80;
  const std::uint64_t quote = word ^ ones * '"';
  const std::uint64_t backslash = word ^ ones * '\\';
  return (((word - ones * 0x20) | (quote - ones) | (backslash - ones)) | word) & high;
}

/// The first byte that is not plain, or `end`.
inline const char* skip_plain(const char* at, const char* end) {
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    if (not_plain(word) != 0) break;
  }
  while (at != end && plain[static_cast<unsigned char>(*at)]) ++at;
  return at;
}

}  // namespace antiphon::inline v0::json
