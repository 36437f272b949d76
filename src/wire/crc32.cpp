#include "wire/crc32.hpp"

#include <array>
#include <cstddef>

namespace antiphon::inline v0::wire {

namespace {

// Eight bytes a step ("slicing by 8", Kounavis and Berry 2005): a table byte by byte would cost more than reading the
// JSON inside.
constexpr std::size_t step = 8;
using Table = std::array<std::uint32_t, 256>;

constexpr std::array<Table, step> tables = [] {
  constexpr std::uint32_t polynomial = 0xedb88320;
  std::array<Table, step> made{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t sum = byte;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? polynomial : 0);
    made[0][byte] = sum;
  }
  for (std::size_t i = 1; i < step; ++i) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t sum = made[i - 1][byte];
      made[i][byte] = sum >> 8 ^ made[0][sum & 0xff];
    }
  }
  return made;
}();

std::uint32_t little_endian(const unsigned char* bytes) {
  return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[3]} << 24;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  std::uint32_t sum = ~before;
  for (; left >= step; left -= step, at += step) {
    const std::uint32_t low = little_endian(at) ^ sum;
    const std::uint32_t high = little_endian(at + 4);
    sum = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^ tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24] ^
          tables[3][high & 0xff] ^ tables[2][high >> 8 & 0xff] ^ tables[1][high >> 16 & 0xff] ^ tables[0][high >> 24];
  }
  for (; left != 0; --left, ++at) sum = sum >> 8 ^ tables[0][(sum ^ *at) & 0xff];
  return ~sum;
}

}  // namespace antiphon::inline v0::wire
