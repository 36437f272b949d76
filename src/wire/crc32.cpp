#include "wire/crc32.hpp"

#include <array>
#include <cstddef>

#if defined(__x86_64__)
#include <tmmintrin.h>
#include <wmmintrin.h>
#endif

namespace antiphon::inline v0::wire {

namespace {

// Eight bytes a step ("slicing by 8", Kounavis and Berry 2005), or sixteen where the processor can multiply
// polynomials: a table byte by byte would cost more than reading the JSON inside.
constexpr std::size_t step = 8;
using Table = std::array<std::uint32_t, 256>;

/// The polynomial of the sum, its highest power in the lowest bit.
constexpr std::uint32_t polynomial = 0xedb88320;

constexpr std::array<Table, step> tables = [] {
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

/// The state of the sum behind some bytes, from the state in front of them.
std::uint32_t sum_behind(const unsigned char* at, std::size_t left, std::uint32_t sum) {
  for (; left >= step; left -= step, at += step) {
    const std::uint32_t low = little_endian(at) ^ sum;
    const std::uint32_t high = little_endian(at + 4);
    sum = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^ tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24] ^
          tables[3][high & 0xff] ^ tables[2][high >> 8 & 0xff] ^ tables[1][high >> 16 & 0xff] ^ tables[0][high >> 24];
  }
  if (left >= step / 2) {
    sum ^= little_endian(at);
    sum = tables[3][sum & 0xff] ^ tables[2][sum >> 8 & 0xff] ^ tables[1][sum >> 16 & 0xff] ^ tables[0][sum >> 24];
    left -= step / 2;
    at += step / 2;
  }
  for (; left != 0; --left, ++at) sum = sum >> 8 ^ tables[0][(sum ^ *at) & 0xff];
  return sum;
}

constexpr std::size_t block = 16;

#if defined(__x86_64__)

bool can_fold() { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("ssse3"); }

/// A power of x by the polynomial, in the form in which its product with eight bytes stands where they did.
constexpr std::int64_t power_of_x(int power) {
  std::uint32_t value = 0x80000000;
  for (; power > 0; --power) value = value >> 1 ^ (value & 1 ? polynomial : 0);
  return std::int64_t{value} << 1;
}

/// Picks the first bytes of a block, as many as the place in here where it is read from, and moves them to its end;
/// what stands before them is zero.
constexpr std::array<unsigned char, 2 * block> to_the_end = [] {
  std::array<unsigned char, 2 * block> made{};
  for (std::size_t i = 0; i < block; ++i) {
    made[i] = 0x80;
    made[block + i] = static_cast<unsigned char>(i);
  }
  return made;
}();

[[gnu::target("pclmul,ssse3")]] __m128i load(const unsigned char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

/// A block times x to the number of bits that it is moved.
[[gnu::target("pclmul,ssse3")]] __m128i moved(__m128i bytes, __m128i powers) {
  return _mm_xor_si128(_mm_clmulepi64_si128(bytes, powers, 0x00), _mm_clmulepi64_si128(bytes, powers, 0x11));
}

/// The same for a block or more. Each takes what stands in front of it into itself: bytes times x to the number of bits
/// that they are moved, by multiplication without carries (Gopal and others, "Fast CRC Computation for Generic
/// Polynomials Using PCLMULQDQ Instruction", 2009). Every other one does so by itself, because a multiplication takes
/// longer than until the next can begin. Then the last one alone gives the sum. Bytes that fill no block come first,
/// behind zeros, which change nothing as long as the sum is nothing.
[[gnu::target("pclmul,ssse3")]] std::uint32_t fold(const unsigned char* at, std::size_t size, std::uint32_t sum) {
  constexpr int bits = 8 * block;
  const __m128i by_one = _mm_set_epi64x(power_of_x(bits - 32), power_of_x(bits + 32));
  const __m128i by_two = _mm_set_epi64x(power_of_x(2 * bits - 32), power_of_x(2 * bits + 32));
  const std::size_t head = size % block;
  const __m128i summed = _mm_xor_si128(load(at), _mm_cvtsi32_si128(static_cast<int>(sum)));
  __m128i even = _mm_shuffle_epi8(summed, load(to_the_end.data() + head));
  // What of the sum before belongs to bytes behind the head.
  const std::uint32_t sum_left = head < sizeof sum ? sum >> 8 * head : 0;
  const unsigned char* const end = at + size;
  at += head;
  __m128i odd = _mm_xor_si128(load(at), _mm_cvtsi32_si128(static_cast<int>(sum_left)));
  for (at += block; end - at >= std::ptrdiff_t{2 * block}; at += 2 * block) {
    even = _mm_xor_si128(moved(even, by_two), load(at));
    odd = _mm_xor_si128(moved(odd, by_two), load(at + block));
  }
  __m128i folded = _mm_xor_si128(moved(even, by_one), odd);
  if (at != end) folded = _mm_xor_si128(moved(folded, by_one), load(at));
  unsigned char last[block];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(last), folded);
  return sum_behind(last, block, 0);
}

#else

constexpr bool can_fold() { return false; }
std::uint32_t fold(const unsigned char*, std::size_t, std::uint32_t sum) { return sum; }

#endif

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
  constexpr std::size_t worth_folding = 4 * block;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  if (bytes.size() >= worth_folding && can_fold()) return ~fold(at, bytes.size(), ~before);
  return ~sum_behind(at, bytes.size(), ~before);
}

}  // namespace antiphon::inline v0::wire
