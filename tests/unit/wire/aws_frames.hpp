#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon::test {

/// The sum that the framing asks for, bit by bit: a second reading of the definition.
inline std::uint32_t frame_sum(std::string_view bytes) {
  std::uint32_t sum = 0xffffffff;
  for (const char c : bytes) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum;
}

inline std::string in_big_endian(std::uint64_t value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

/// Lengths as they are given, with the sum that belongs to them.
inline std::string frame_prelude(std::uint32_t total, std::uint32_t headers) {
  const std::string lengths = in_big_endian(total, 4) + in_big_endian(headers, 4);
  return lengths + in_big_endian(frame_sum(lengths), 4);
}

/// A frame with right lengths and sums around any headers and payload (providers.md 6.16).
inline std::string frame(std::string_view headers, std::string_view payload) {
  std::string bytes = frame_prelude(static_cast<std::uint32_t>(headers.size() + payload.size() + 16),
                                    static_cast<std::uint32_t>(headers.size()));
  bytes.append(headers).append(payload);
  return bytes + in_big_endian(frame_sum(bytes), 4);
}

inline std::string frame_header(std::string_view name, std::uint8_t type, std::string_view value) {
  return in_big_endian(name.size(), 1) + std::string(name) + in_big_endian(type, 1) + std::string(value);
}

/// A header of type string.
inline std::string text_header(std::string_view name, std::string_view value) {
  return frame_header(name, 7, in_big_endian(value.size(), 2) + std::string(value));
}

}  // namespace antiphon::test
