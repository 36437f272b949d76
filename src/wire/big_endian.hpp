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

}  // namespace antiphon::inline v0::wire
