#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace antiphon {
namespace {

using namespace std::string_literals;

const std::string fffd = "\xEF\xBF\xBD";

TEST(Utf8, ValidTextHasNoInvalidByte) {
  for (const std::string& text :
       {""s, "a"s, "seven b"s, "exactly8"s, "more than eight bytes"s, "\x7F"s, "a\0b"s, "\xC2\x80"s, "\xDF\xBF"s,
        "\xE0\xA0\x80"s, "\xED\x9F\xBF"s, "\xEE\x80\x80"s, "\xEF\xBF\xBF"s, "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s,
        "Grüße, 日本語, 😀, and ASCII behind it"s}) {
    EXPECT_EQ(utf8::find_invalid(text), std::nullopt) << text;
    EXPECT_EQ(utf8::repair(text), text);
  }
}

struct Broken {
  std::string text;
  std::size_t at;
  std::string repaired;
};

// The replacements are those of the WHATWG Encoding Standard's UTF-8 decoder.
const std::vector<Broken> broken_texts = {
    {"\x80", 0, fffd},             // a following byte alone
    {"\xC0\x80", 0, fffd + fffd},  // overlong forms
    {"\xC1\xBF", 0, fffd + fffd},
    {"\xE0\x9F\xBF", 0, fffd + fffd + fffd},
    {"\xF0\x8F\xBF\xBF", 0, fffd + fffd + fffd + fffd},
    {"\xED\xA0\x80", 0, fffd + fffd + fffd},             // a surrogate
    {"\xF4\x90\x80\x80", 0, fffd + fffd + fffd + fffd},  // beyond U+10FFFF
    {"\xF5\x80\x80\x80", 0, fffd + fffd + fffd + fffd},
    {"\xFF\xFE", 0, fffd + fffd},
    {"\xC3", 0, fffd},  // cut short: one replacement each
    {"\xE2\x82", 0, fffd},
    {"\xF0\x9F\x98", 0, fffd},
    {"\xE2\x82"
     "a",
     0, fffd + "a"},
    {"\xF0\x9F\xF0\x9F\x98\x80", 0, fffd + "😀"},
    {"\xE2\xE2\x82\xAC", 0, fffd + "€"},
    {"ab\xFF"
     "cd",
     2, "ab" + fffd + "cd"},
    {"long enough for a word \xC3(", 23, "long enough for a word " + fffd + "("},
    {"12345678\xFF", 8, "12345678" + fffd},
    {"é\xFF"
     "é",
     2, "é" + fffd + "é"},
    {"\xFF\"", 0, fffd + "\""},
};

TEST(Utf8, InvalidPiecesAreFoundAndReplaced) {
  for (const Broken& broken : broken_texts) {
    EXPECT_EQ(utf8::find_invalid(broken.text), broken.at) << broken.text;
    EXPECT_EQ(utf8::repair(broken.text), broken.repaired);
  }
}

TEST(Utf8, EachPlaceOfAWordIsLookedAt) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'x');
    text[at] = '\xFF';
    EXPECT_EQ(utf8::find_invalid(text), at);
  }
}

TEST(Utf8, RepairGivesValidTextForAllPairsOfBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second), '"'};
      const std::string repaired = utf8::repair(text);
      EXPECT_EQ(utf8::find_invalid(repaired), std::nullopt);
      EXPECT_TRUE(repaired.ends_with('"')) << "a repair must not take ASCII away";
    }
  }
}

std::string utf8_of(char32_t code_point) {
  std::string out;
  utf8::append(out, code_point);
  return out;
}

TEST(Utf8, AppendEncodes) {
  EXPECT_EQ(utf8_of(0), "\0"s);
  EXPECT_EQ(utf8_of('A'), "A");
  EXPECT_EQ(utf8_of(0x7F), "\x7F");
  EXPECT_EQ(utf8_of(0x80), "\xC2\x80");
  EXPECT_EQ(utf8_of(0x7FF), "\xDF\xBF");
  EXPECT_EQ(utf8_of(0x800), "\xE0\xA0\x80");
  EXPECT_EQ(utf8_of(0x20AC), "€");
  EXPECT_EQ(utf8_of(0xFFFF), "\xEF\xBF\xBF");
  EXPECT_EQ(utf8_of(0x1F600), "😀");
  EXPECT_EQ(utf8_of(0x10FFFF), "\xF4\x8F\xBF\xBF");
}

TEST(Utf8, AppendReplacesWhatIsNoCharacter) {
  for (const char32_t code_point : {char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}, char32_t{0xFFFFFFFF}}) {
    EXPECT_EQ(utf8_of(code_point), fffd);
  }
}

TEST(Utf8, AppendedCharactersAreValidAndOnePiece) {
  for (char32_t code_point = 0; code_point < 0x110000; code_point += code_point < 0x3000 ? 1 : 0x3F) {
    const std::string text = utf8_of(code_point);
    const utf8::Piece piece = utf8::first_piece(text);
    EXPECT_TRUE(piece.valid);
    EXPECT_EQ(piece.length, text.size());
  }
}

}  // namespace
}  // namespace antiphon
