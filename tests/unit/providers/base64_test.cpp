#include <gtest/gtest.h>

#include <string>

#include "providers/base64.hpp"
#include "providers/data_uri.hpp"

namespace antiphon::tests {
namespace {

std::string decoded(std::string_view text) {
  std::string bytes;
  base64::Decoder decoder;
  EXPECT_TRUE(decoder.feed(text, bytes)) << text;
  return bytes;
}

TEST(Base64, EncodesEveryLength) {
  EXPECT_EQ(base64::encode(""), "");
  EXPECT_EQ(base64::encode("f"), "Zg==");
  EXPECT_EQ(base64::encode("fo"), "Zm8=");
  EXPECT_EQ(base64::encode("foo"), "Zm9v");
  EXPECT_EQ(base64::encode("foob"), "Zm9vYg==");
  EXPECT_EQ(base64::encode("\xfb\xff"), "+/8=");
}

TEST(Base64, DecodesWhatItEncodes) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes += static_cast<char>(byte);
    EXPECT_EQ(decoded(base64::encode(bytes)), bytes);
  }
}

TEST(Base64, DecodesPiecesOfAnyLength) {
  const std::string text = base64::encode("any carnal pleasure.");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    std::string bytes;
    base64::Decoder decoder;
    decoder.feed(text.substr(0, cut), bytes);
    decoder.feed(text.substr(cut), bytes);
    EXPECT_EQ(bytes, "any carnal pleasure.") << cut;
  }
}

TEST(Base64, PaddingEndsAGroup) { EXPECT_EQ(decoded("Zg==Zm8="), "ffo"); }

TEST(Base64, SkipsBlanksAndTellsOfWhatCannotBe) {
  EXPECT_EQ(decoded("Zm\r\n 9v"), "foo");
  std::string bytes;
  base64::Decoder decoder;
  EXPECT_FALSE(decoder.feed("Zm*9v", bytes));
  EXPECT_EQ(bytes, "foo");
}

TEST(Base64, NormalizesTheAlphabetForUrls) {
  EXPECT_EQ(base64::normalize("-_8"), "+/8=");
  EXPECT_EQ(base64::normalize("Zm9v\nYg"), "Zm9vYg==");
  EXPECT_EQ(base64::normalize("Zm9v"), "Zm9v");
  EXPECT_EQ(base64::normalize("?"), std::nullopt);
}

TEST(Base64, NormalizesPaddingThatIsTooLong) {
  EXPECT_EQ(base64::normalize("Zg=="), "Zg==");
  EXPECT_EQ(base64::normalize("Zm8="), "Zm8=");
  EXPECT_EQ(base64::normalize("Zm9v===="), "Zm9v");
  EXPECT_EQ(base64::normalize("Zg======"), "Zg==");
  EXPECT_EQ(base64::normalize("g==="), "");
  EXPECT_EQ(base64::normalize("===="), "");
}

TEST(DataUri, IsTakenApart) {
  const auto uri = codec::parse_data_uri("data:image/png;name=a;base64,Zm9v");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->media_type, "image/png");
  EXPECT_EQ(uri->base64, "Zm9v");
  EXPECT_EQ(codec::parse_data_uri("DATA:,a%20b")->base64, base64::encode("a b"));
  EXPECT_EQ(codec::parse_data_uri("data:,x")->media_type, "text/plain");
  EXPECT_EQ(codec::parse_data_uri("data:image/png;base64,Zm9v%3D")->base64, "Zm9v");
}

TEST(DataUri, BrokenOnesAreNone) {
  EXPECT_FALSE(codec::parse_data_uri("https://x.example/a.png"));
  EXPECT_FALSE(codec::parse_data_uri("data:image/png;base64"));
  EXPECT_FALSE(codec::parse_data_uri("data:image/png;base64,!"));
  EXPECT_FALSE(codec::parse_data_uri("data:,a%2"));
  EXPECT_FALSE(codec::parse_data_uri("data:,a%zz"));
}

}  // namespace
}  // namespace antiphon::tests
