#include "wire/crc32.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/wire/aws_frames.hpp"

namespace antiphon {
namespace {

using wire::crc32;

TEST(Crc32, KnownSums) {
  // The check value of the catalogue of CRCs (CRC-32/ISO-HDLC), and sums that zlib gives.
  EXPECT_EQ(crc32("123456789"), 0xcbf43926u);
  EXPECT_EQ(crc32(""), 0u);
  EXPECT_EQ(crc32("a"), 0xe8b7be43u);
  EXPECT_EQ(crc32("The quick brown fox jumps over the lazy dog"), 0x414fa339u);
}

TEST(Crc32, EveryLengthAndEverySplit) {
  std::string bytes;
  // Long texts are read in another way than short ones.
  for (int i = 0; i < 200; ++i) {
    const std::uint32_t sum = test::frame_sum(bytes);
    EXPECT_EQ(crc32(bytes), sum) << bytes.size();
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
      const std::string_view text = bytes;
      EXPECT_EQ(crc32(text.substr(at), crc32(text.substr(0, at))), sum) << bytes.size() << " split at " << at;
    }
    bytes += static_cast<char>(i * 37 + 200);
  }
}

}  // namespace
}  // namespace antiphon
