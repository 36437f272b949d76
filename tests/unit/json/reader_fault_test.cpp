// Texts that are not JSON, and what the reader says about them.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "json/reader.hpp"
#include "unit/json/padded.hpp"

namespace antiphon {
namespace {

using namespace std::string_literals;
using json::Reader;
using json::Type;
using json::Value;
using test::Padded;

/// Visits and reads all that is there.
void read_all(Value value) {
  switch (value.type()) {
    case Type::object:
      value.fields([](std::string_view, Value member) { read_all(member); });
      break;
    case Type::array:
      value.elements(read_all);
      break;
    case Type::string:
      value.string();
      break;
    case Type::number:
      value.number();
      break;
    case Type::boolean:
      value.boolean();
      break;
    case Type::null:
      break;
  }
}

std::string error_of(std::string_view text, char padding = '}') {
  Reader reader;
  const bool ok = reader.read(Padded(text, padding).text(), read_all);
  EXPECT_EQ(ok, !reader.failed());
  return reader.error();
}

struct UnreadableText {
  std::string text;
  std::string message;
};

const std::vector<UnreadableText> unreadable_texts = {
    {"", "byte 0: a value is missing"},
    {" \n ", "byte 3: a value is missing"},
    {"\xEF\xBB\xBF", "byte 3: a value is missing"},
    {"1", "byte 0: expected an object or an array"},
    {"\"x\"", "byte 0: expected an object or an array"},
    {"null", "byte 0: expected an object or an array"},
    {"]", "byte 0: expected an object or an array"},
    {"<html>", "byte 0: expected an object or an array"},
    {"{", "byte 1: expected a name in quotes"},
    {"[", "byte 1: a value is missing"},
    {"{}x", "byte 2: text after the end"},
    {"{} {}", "byte 3: text after the end"},
    {"[1]]", "byte 3: text after the end"},
    {"[1", "byte 2: expected ',' or ']'"},
    {"[1,", "byte 3: a value is missing"},
    {"[1}", "byte 2: expected ',' or ']'"},
    {"[1,]", "byte 3: a value is missing"},
    {"[,1]", "byte 1: a value is missing"},
    {"[1 2]", "byte 3: expected ',' or ']'"},
    {"[\"a\" \"b\"]", "byte 5: expected ',' or ']'"},
    {"[\"a\"b]", "byte 4: expected ',' or ']'"},
    {"[1\"a\"]", "byte 1: not a number"},
    {"[[1]", "byte 4: expected ',' or ']'"},
    {"[:]", "byte 1: a value is missing"},
    {"{\"a\"}", "byte 4: expected ':'"},
    {"{\"a\",1}", "byte 4: expected ':'"},
    {"{\"a\":}", "byte 6: the text breaks off in an object"},
    {"{\"a\":},", "byte 5: a value is missing"},
    {"{\"a\":1", "byte 6: the text breaks off in an object"},
    {"{\"a\":1]", "byte 6: expected ',' or '}'"},
    {"{\"a\":1,}", "byte 7: expected a name in quotes"},
    {"{\"a\":1 \"b\":2}", "byte 7: expected ',' or '}'"},
    {"{a:1}", "byte 1: expected a name in quotes"},
    {"{1:1}", "byte 1: expected a name in quotes"},
    {"{\"a\":{\"b\":1}", "byte 12: expected ',' or '}'"},
    {"{\"a\":[1}", "byte 7: expected ',' or ']'"},
    {"[nul]", "byte 1: not a value"},
    {"[nullx]", "byte 1: not a value"},
    {"[truefalse]", "byte 1: not a value"},
    {"[NaN]", "byte 1: not a value"},
    {"[-]", "byte 1: not a number"},
    {"[01]", "byte 1: not a number"},
    {"[1.]", "byte 1: not a number"},
    {"[1e5x]", "byte 1: not a number"},
    {"[\"\\x\"]", "byte 1: a string with a bad escape"},
    {"[\"\\u12\"]", "byte 1: a string with a bad escape"},
    {"[\"\\u12G4\"]", "byte 1: a string with a bad escape"},
    {"{\"\\x\":1}", "byte 1: a string with a bad escape"},
    {"[\"abc]", "byte 6: a string does not end"},
    {"[\"a\nb\"]", "byte 3: a control character in a string"},
    {"[1]\0"s, "byte 3: text after the end"},
    {"[\0]"s, "byte 1: not a value"},
    {"{\\\"a\\\":1}", "byte 1: expected a name in quotes"},
};

TEST(JsonReaderFaults, AreNamedWithTheirPlace) {
  for (const UnreadableText& wrong : unreadable_texts) EXPECT_EQ(error_of(wrong.text), wrong.message) << wrong.text;
}

TEST(JsonReaderFaults, PaddingDoesNotMatter) {
  for (const UnreadableText& wrong : unreadable_texts) {
    for (const char padding : {' ', '\0', '"', ']', '1', '\\', '\xFF'}) {
      EXPECT_EQ(error_of(wrong.text, padding), wrong.message) << wrong.text << " before " << padding;
    }
  }
}

TEST(JsonReaderFaults, AllTextsCutShortFail) {
  const std::string text = R"({"a":[1,"x\n",{"b":null}],"c":{"d":true,"e":[[],{}]},"f":-1.5e3})";
  for (const char padding : {'}', ']', '"', ' '}) {
    EXPECT_EQ(error_of(text, padding), "");
    for (std::size_t size = 0; size < text.size(); ++size) {
      EXPECT_NE(error_of(std::string_view(text).substr(0, size), padding), "") << size;
    }
  }
}

TEST(JsonReaderFaults, OnlyWhatIsVisitedIsChecked) {
  const Padded padded(R"({"a":tru,"b":[1,,2],"c":{"x" 1},"d":"\x","e":01,"f":7})");
  Reader reader;
  Count count;
  EXPECT_TRUE(reader.read(padded.text(), [&](Value root) {
    EXPECT_TRUE(root.fields([&](std::string_view key, Value value) {
      if (key == "f") count = value.count();
    }));
  })) << reader.error();
  EXPECT_EQ(count, Count(7));
}

TEST(JsonReaderFaults, UnvisitedContainersMustStillEnd) {
  Reader reader;
  EXPECT_FALSE(reader.read(Padded("[[1]").text(), [](Value) {}));
  EXPECT_EQ(reader.error(), "byte 0: an object or array that does not end");
  EXPECT_FALSE(reader.read(Padded("[1}").text(), [](Value) {}));
  EXPECT_EQ(reader.error(), "byte 0: an object or array that does not end");
  EXPECT_FALSE(reader.read(Padded("{} 1").text(), [](Value) {}));
  EXPECT_EQ(reader.error(), "byte 3: text after the end");
}

TEST(JsonReaderFaults, NothingMoreIsReadBehindAFault) {
  const Padded padded(R"({"a":["x",nul,"y"],"b":"z"})");
  Reader reader;
  std::string seen;
  EXPECT_FALSE(reader.read(padded.text(), [&](Value root) {
    EXPECT_FALSE(root.fields([&](std::string_view key, Value value) {
      seen += key;
      EXPECT_FALSE(value.elements([&](Value element) { seen += element.string().value_or("-"); }));
      EXPECT_FALSE(value.raw());
      EXPECT_FALSE(value.string());
      EXPECT_FALSE(value.fields([](auto, auto) { FAIL(); }));
    }));
  }));
  EXPECT_EQ(seen, "ax-");
  EXPECT_EQ(reader.error(), "byte 10: not a value");
}

TEST(JsonReaderFaults, AFaultIsForgottenWithTheNextText) {
  Reader reader;
  EXPECT_FALSE(reader.read(Padded("[").text(), read_all));
  EXPECT_TRUE(reader.read(Padded("[1]").text(), read_all));
  EXPECT_EQ(reader.error(), "");
  EXPECT_FALSE(reader.read(Padded("").text(), read_all));
  EXPECT_TRUE(reader.read(Padded("{}").text(), read_all));
}

TEST(JsonReaderFaults, NestingIsBounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(error_of(nested(1024)), "");
  EXPECT_EQ(error_of(nested(1025)), "byte 1024: nested too deep");
  EXPECT_EQ(error_of(nested(100'000)), "byte 1024: nested too deep");
  EXPECT_EQ(error_of(std::string(100'000, '[')), "byte 1024: nested too deep");
  Reader reader;
  EXPECT_FALSE(reader.read(Padded(nested(100'000)).text(), [](Value) {})) << "not visited, but bounded as well";
  EXPECT_EQ(reader.error(), "byte 1024: nested too deep");
  EXPECT_FALSE(reader.read(Padded(nested(100'000)).text(), [](Value root) { EXPECT_FALSE(root.raw()); }));
}

TEST(JsonReaderFaults, BrokenUtf8OutsideOfStringsIsAFault) {
  EXPECT_EQ(error_of("[1,\xFF]"), "byte 3: not a value");
  EXPECT_EQ(error_of("[1]\xC3"), "byte 3: text after the end");
}

}  // namespace
}  // namespace antiphon
