#pragma once

#include <cstdint>
#include <string_view>

namespace antiphon::inline v0::wire {

/// All bytes of `bytes`, at most eight, as one number without sign.
constexpr std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

/// The first four bytes as one number: to the compiler that is a single load.
constexpr std::uint32_t big_endian_32(const char* bytes) {
  const auto byte = [bytes](int i) { return std::uint32_t{static_cast<unsigned char>(bytes[i])}; };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

}  // namespace antiphon::inline v0::wire
