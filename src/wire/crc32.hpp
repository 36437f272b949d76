#pragma once

#include <cstdint>
#include <string_view>

namespace antiphon::inline v0::wire {

/// The CRC-32 of IEEE 802.3, as zlib computes it. `before` is the sum of the bytes that stand in front of these.
std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);

}  // namespace antiphon::inline v0::wire
