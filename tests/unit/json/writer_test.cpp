#include "json/writer.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "json/check.hpp"

namespace antiphon {
namespace {

using namespace std::string_literals;
using json::Writer;

std::string number(double value) {
  std::string out;
  Writer(out).number(value);
  return out;
}

TEST(JsonWriter, PlacesCommas) {
  std::string out;
  Writer writer(out);
  writer.begin_object();
  writer.key("model").string("m").key("n").integer(1).key("stop").begin_array().string("a").string("b").end_array();
  writer.key("empty").begin_object().end_object().key("none").begin_array().end_array();
  writer.key("list").begin_array().begin_object().key("x").null().end_object().begin_array().end_array().end_array();
  writer.key("stream").boolean(true).key("raw").raw(R"({"a": [1]})").key("last").number(0.5).end_object();
  EXPECT_EQ(out, R"({"model":"m","n":1,"stop":["a","b"],"empty":{},"none":[],"list":[{"x":null},[]],)"
                 R"("stream":true,"raw":{"a": [1]},"last":0.5})");
  EXPECT_EQ(json::check(out), "");
}

TEST(JsonWriter, AppendsToWhatIsThere) {
  std::string out = "data: ";
  Writer(out).begin_array().boolean(false).raw("1").raw("2").end_array();
  EXPECT_EQ(out, "data: [false,1,2]");
}

TEST(JsonWriter, NamesAreEscapedOnRequest) {
  std::string out;
  Writer(out).begin_object().key_text("a\"b\n").integer(1).key_text("").integer(2).end_object();
  EXPECT_EQ(out, R"({"a\"b\n":1,"":2})");
}

TEST(JsonWriter, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(json::quoted(""), "\"\"");
  EXPECT_EQ(json::quoted("plain text, longer than a word /<>&'"), "\"plain text, longer than a word /<>&'\"");
  EXPECT_EQ(json::quoted("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(json::quoted("\0\x01\x1F\x7F"s), "\"\\u0000\\u0001\\u001f\x7F\"");
  EXPECT_EQ(json::quoted("Grüße 日本 😀 \u2028"), "\"Grüße 日本 😀 \u2028\"");
}

TEST(JsonWriter, EscapesAtEachPlaceOfAWord) {
  for (std::size_t at = 0; at < 24; ++at) {
    std::string text(24, 'x');
    text[at] = '"';
    EXPECT_EQ(json::quoted(text), '"' + std::string(at, 'x') + "\\\"" + std::string(23 - at, 'x') + '"');
  }
}

TEST(JsonWriter, EachByteAloneGivesValidJson) {
  for (int byte = 0; byte < 256; ++byte)
    EXPECT_EQ(json::check(json::quoted(std::string(1, static_cast<char>(byte)))), "") << byte;
}

TEST(JsonWriter, InvalidUtf8IsReplaced) {
  EXPECT_EQ(json::quoted("a\xFFz"), "\"a\uFFFDz\"");
  EXPECT_EQ(json::quoted("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
  EXPECT_EQ(json::quoted("caf\xC3"), "\"caf\uFFFD\"");
  EXPECT_EQ(json::quoted("\xC3\n"), "\"\uFFFD\\n\"");
}

TEST(JsonWriter, Integers) {
  std::string out;
  Writer(out)
      .begin_array()
      .integer(0)
      .integer(-7)
      .integer(std::numeric_limits<std::int64_t>::max())
      .integer(std::numeric_limits<std::int64_t>::min())
      .end_array();
  EXPECT_EQ(out, "[0,-7,9223372036854775807,-9223372036854775808]");
}

TEST(JsonWriter, NumbersAreShortest) {
  EXPECT_EQ(number(0.7), "0.7");
  EXPECT_EQ(number(100.0), "100");
  EXPECT_EQ(number(100000.0), "100000");
  EXPECT_EQ(number(-3.0), "-3");
  EXPECT_EQ(number(0.0), "0");
  EXPECT_EQ(number(-0.0), "-0");
  EXPECT_EQ(number(1e300), "1e+300");
  EXPECT_EQ(number(1e-7), "1e-07");
  EXPECT_EQ(number(0.1 + 0.2), "0.30000000000000004");
}

TEST(JsonWriter, NumbersReadBackTheSame) {
  for (const double value : {0.1, 1.0 / 3, 1e15, 1e15 - 1, 123456789012345678.0, 5e-324, 1.7976931348623157e308,
                             -2.2250738585072014e-308, 0x1p53, 0.1 + 0.7}) {
    const std::string text = number(value);
    EXPECT_EQ(json::check(text), "") << text;
    double read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    EXPECT_EQ(read, value) << text;
  }
}

TEST(JsonWriter, WhatIsNoNumberIsNull) {
  EXPECT_EQ(number(std::nan("")), "null");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "null");
}

}  // namespace
}  // namespace antiphon
