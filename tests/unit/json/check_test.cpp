#include "json/check.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::string_literals;

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonCheck, ValidTexts) {
  for (const std::string& text :
       {"{}"s, "[]"s, "\"\""s, "0"s, "-0"s, "true"s, "false"s, "null"s, " \t\r\n{} \t\r\n"s,
        R"({"a":1,"b":[true,false,null],"c":{"d":"e"}})"s, R"([[],{},[{}],{"a":[]}])"s, "[1 , 2]"s,
        "{\"a\" : 1 , \"b\" : 2}"s, R"({"a":1,"a":2})"s, R"({"":0})"s,
        // numbers of any size are JSON
        "1.0"s, "-1.5e-10"s, "1E+5"s, "0.1"s, "0e0"s, "1e400"s, "-1e-400"s, "123456789012345678901234567890"s,
        // strings
        R"("\"\\\/\b\f\n\r\tA\u00e9\uD83D\uDE00")"s, R"("\ud800")"s, R"("\u0000")"s, "\"\x7F\""s, "\"Grüße 日本 😀\""s,
        "\"exactly eight bytes and more\""s}) {
    EXPECT_EQ(json::check(text), "") << text;
  }
}

struct Wrong {
  std::string text;
  std::string message;
};

const std::vector<Wrong> wrong_texts = {
    {"", "byte 0: a value is missing"},
    {"   ", "byte 3: a value is missing"},
    {"{", "byte 1: expected a name in quotes"},
    {"[", "byte 1: a value is missing"},
    {"]", "byte 0: not a value"},
    {"[1", "byte 2: expected ',' or ']'"},
    {"[1}", "byte 2: expected ',' or ']'"},
    {"[1,]", "byte 3: not a value"},
    {"[,1]", "byte 1: not a value"},
    {"[1 2]", "byte 3: expected ',' or ']'"},
    {"{\"a\"}", "byte 4: expected ':'"},
    {"{\"a\":}", "byte 5: not a value"},
    {"{\"a\":1", "byte 6: expected ',' or '}'"},
    {"{\"a\":1]", "byte 6: expected ',' or '}'"},
    {"{\"a\":1,}", "byte 7: expected a name in quotes"},
    {"{\"a\":1,,}", "byte 7: expected a name in quotes"},
    {"{a:1}", "byte 1: expected a name in quotes"},
    {"{'a':1}", "byte 1: expected a name in quotes"},
    {"{\"a\":{\"b\":1}", "byte 12: expected ',' or '}'"},
    {"{} {}", "byte 3: text after the end"},
    {"{}x", "byte 2: text after the end"},
    {"nul", "byte 0: not a value"},
    {"nullx", "byte 4: text after the end"},
    {"True", "byte 0: not a value"},
    {"NaN", "byte 0: not a value"},
    {"[Infinity]", "byte 1: not a value"},
    {"[tru]", "byte 1: not a value"},
    {"+1", "byte 0: not a value"},
    {".5", "byte 0: not a value"},
    {"-", "byte 0: not a value"},
    {"-a", "byte 0: not a value"},
    {"01", "byte 1: text after the end"},
    {"1.", "byte 0: not a value"},
    {"1.e5", "byte 0: not a value"},
    {"1e", "byte 0: not a value"},
    {"1e+", "byte 0: not a value"},
    {"0x10", "byte 1: text after the end"},
    {"\"", "byte 1: a string does not end"},
    {"\"abc", "byte 4: a string does not end"},
    {"\"a\nb\"", "byte 2: a control character in a string"},
    {"\"a\0b\""s, "byte 2: a control character in a string"},
    {"\"\x1F\"", "byte 1: a control character in a string"},
    {"\"\\x\"", "byte 1: not an escape"},
    {"\"\\", "byte 1: not an escape"},
    {"\"\\u12\"", "byte 1: not an escape"},
    {"\"\\u12G4\"", "byte 1: not an escape"},
    {"\"\\u123", "byte 1: not an escape"},
    {"\"abc\xFF\"", "byte 4: not UTF-8"},
    {"\"\xED\xA0\x80\"", "byte 1: not UTF-8"},
    {"\"\xE2\x82", "byte 1: not UTF-8"},
    {"[\xC3\xA9]", "byte 1: not a value"},
    {"\xEF\xBB\xBF{}", "byte 0: not a value"},
    {"[1]\0"s, "byte 3: text after the end"},
    {"// comment\n{}", "byte 0: not a value"},
};

TEST(JsonCheck, FaultsAreNamedWithTheirPlace) {
  for (const Wrong& wrong : wrong_texts) EXPECT_EQ(json::check(wrong.text), wrong.message) << wrong.text;
}

TEST(JsonCheck, NestingIsBounded) {
  EXPECT_EQ(json::check(nested(256)), "");
  EXPECT_EQ(json::check(nested(257)), "byte 256: nested too deep");
  EXPECT_EQ(json::check(nested(3), 3), "");
  EXPECT_EQ(json::check(nested(4), 3), "byte 3: nested too deep");
  EXPECT_EQ(json::check("[[],[],[[]]]", 3), "");
  EXPECT_EQ(json::check("0", 0), "");
  EXPECT_EQ(json::check("[]", 0), "byte 0: nested too deep");
  EXPECT_EQ(json::check(R"({"a":{"b":{}}})", 2), "byte 10: nested too deep");
}

TEST(JsonCheck, NoDepthThatIsAskedForIsUnbounded) {
  EXPECT_EQ(json::check(nested(1024), 1'000'000), "");
  EXPECT_EQ(json::check(nested(1025), 1'000'000), "byte 1024: nested too deep");
  EXPECT_EQ(json::check(std::string(100'000, '['), 1'000'000), "byte 1024: nested too deep");
}

TEST(JsonCheck, EachPlaceOfAWordIsLookedAt) {
  for (const char bad : {'\n', '\xFF', '"', '\\'}) {
    for (std::size_t at = 0; at < 24; ++at) {
      std::string text = '"' + std::string(24, 'x') + '"';
      text[at + 1] = bad;
      EXPECT_NE(json::check(text), "") << at;
    }
  }
}

}  // namespace
}  // namespace antiphon
