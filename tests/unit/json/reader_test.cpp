#include "json/reader.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "json/unescape.hpp"
#include "unit/json/padded.hpp"

namespace antiphon {
namespace {

using namespace std::string_literals;
using json::Reader;
using json::Type;
using json::Value;
using test::Padded;

/// What `read` gives for the only member of `{"v": text}`.
template <class Read>
auto read_member(std::string_view text, Read&& read) {
  const Padded padded("{\"v\": " + std::string(text) + " }");
  Reader reader;
  decltype(read(std::declval<Value>())) result{};
  const bool ok = reader.read(
      padded.text(), [&](Value root) { root.fields([&](std::string_view, Value value) { result = read(value); }); });
  EXPECT_TRUE(ok) << text << ": " << reader.error();
  return result;
}

std::optional<std::string> string_of(std::string_view text) {
  return read_member(text, [](Value value) -> std::optional<std::string> {
    const auto string = value.string();
    return string ? std::optional(std::string(*string)) : std::nullopt;
  });
}
Count count_of(std::string_view text) {
  return read_member(text, [](Value value) { return value.count(); });
}
std::optional<double> number_of(std::string_view text) {
  return read_member(text, [](Value value) { return value.number(); });
}
std::optional<std::string> raw_of(std::string_view text) {
  return read_member(text, [](Value value) -> std::optional<std::string> {
    const auto raw = value.raw();
    return raw ? std::optional(std::string(*raw)) : std::nullopt;
  });
}

TEST(JsonReader, ReadsAStreamChunk) {
  const Padded chunk(
      R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1770933892,"model":"m","choices":[)"
      R"({"index":0,"delta":{"role":"assistant","content":"Hi \"you\"\n"},"logprobs":null,"finish_reason":null},)"
      R"({"index":1,"delta":{},"finish_reason":"stop"}],"usage":null})");
  Reader reader;
  std::string id;
  std::vector<std::string> contents;
  std::vector<std::int64_t> indices;
  std::vector<bool> unfinished;
  bool usage = true;
  EXPECT_TRUE(reader.read(chunk.text(), [&](Value root) {
    EXPECT_TRUE(root.fields([&](std::string_view key, Value value) {
      if (key == "id") id = value.string().value_or("");
      if (key == "usage") usage = !value.is_null();
      if (key != "choices") return;
      EXPECT_TRUE(value.elements([&](Value choice) {
        choice.fields([&](std::string_view name, Value field) {
          if (name == "index") indices.push_back(field.count().value_or(-1));
          if (name == "finish_reason") unfinished.push_back(field.is_null());
          if (name != "delta") return;
          field.fields([&](std::string_view part, Value text) {
            if (part == "content") contents.emplace_back(text.string().value_or("?"));
          });
        });
      }));
    }));
  }));
  EXPECT_EQ(id, "chatcmpl-1");
  EXPECT_EQ(contents, std::vector{"Hi \"you\"\n"s});
  EXPECT_EQ(indices, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(unfinished, (std::vector{true, false}));
  EXPECT_FALSE(usage);
  EXPECT_FALSE(reader.repaired());
}

TEST(JsonReader, Types) {
  const auto type_of = [](std::string_view text) {
    return read_member(text, [](Value value) { return value.type(); });
  };
  EXPECT_EQ(type_of("null"), Type::null);
  EXPECT_EQ(type_of("true"), Type::boolean);
  EXPECT_EQ(type_of("false"), Type::boolean);
  EXPECT_EQ(type_of("-1"), Type::number);
  EXPECT_EQ(type_of("0.5"), Type::number);
  EXPECT_EQ(type_of("\"\""), Type::string);
  EXPECT_EQ(type_of("[]"), Type::array);
  EXPECT_EQ(type_of("{}"), Type::object);
}

TEST(JsonReader, OtherTypesGiveNothing) {
  for (const std::string text : {"null", "true", "1", "\"x\"", "[1]", "{\"a\":1}"}) {
    read_member(text, [&](Value value) {
      const Type type = value.type();
      EXPECT_EQ(value.string().has_value(), type == Type::string) << text;
      EXPECT_EQ(value.boolean().has_value(), type == Type::boolean) << text;
      EXPECT_EQ(value.number().has_value(), type == Type::number) << text;
      EXPECT_EQ(value.count().known(), type == Type::number) << text;
      EXPECT_EQ(value.fields([](auto, auto) {}), type == Type::object) << text;
      EXPECT_EQ(value.elements([](auto) {}), type == Type::array) << text;
      return 0;
    });
  }
}

TEST(JsonReader, Strings) {
  EXPECT_EQ(string_of(R"("")"), "");
  EXPECT_EQ(string_of(R"("plain")"), "plain");
  EXPECT_EQ(string_of("\"Grüße 😀\""), "Grüße 😀");
  EXPECT_EQ(string_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(string_of(R"("\\")"), "\\");
  EXPECT_EQ(string_of(R"("\\\"")"), "\\\"");
  EXPECT_EQ(string_of(R"("a\u0000b")"), "a\0b"s);
  EXPECT_EQ(string_of(R"("\u00e9\u20AC\uD83D\uDE00")"), "é€😀");
  EXPECT_EQ(string_of("\"" + std::string(5000, 'x') + "\\n\""), std::string(5000, 'x') + "\n");
}

std::string mended(const std::string& text) { return json::without_lone_surrogates(text).value_or("as it is"); }

// providers.md §0.1
TEST(JsonUnescape, LoneSurrogatesOfATextAreReplacedWhereTheyStand) {
  EXPECT_EQ(mended(R"({"a":"\ud83d"})"), R"({"a":"\ufffd"})");
  EXPECT_EQ(mended(R"({"\uDE00":["x\ud83d y","\ud83d\ud83d\ude00","\uD83D\n"]})"),
            R"({"\ufffd":["x\ufffd y","\ufffd\ud83d\ude00","\ufffd\n"]})");
  EXPECT_EQ(mended(R"({"a":"\\\ud83d\\"})"), R"({"a":"\\\ufffd\\"})");
  for (const char* json : {R"({"a":"\ud83d\ude00"})", R"({"a":"\\ud83d"})", R"({"a":"\\\\ud83d\u00e9\"\/"})",
                           R"({"ud83d":1})", R"({"a":"\ue000\ud7ff"})", "", "\\", "\\u", "\\ud8"}) {
    EXPECT_EQ(mended(json), "as it is") << json;
  }
}

TEST(JsonReader, LoneSurrogatesAreReplaced) {
  EXPECT_EQ(string_of(R"("a\ud800")"), "a\uFFFD");
  EXPECT_EQ(string_of(R"("\udc00z")"), "\uFFFDz");
  EXPECT_EQ(string_of(R"("\ud800\ud800")"), "\uFFFD\uFFFD");
  EXPECT_EQ(string_of(R"("\ud800A")"), "\uFFFDA");
  EXPECT_EQ(string_of(R"("\ud800\u0041")"), "\uFFFDA");
  EXPECT_EQ(string_of(R"("\ud800\n")"), "\uFFFD\n");
  EXPECT_EQ(string_of(R"("\ud800\ud83d\ude00")"), "\uFFFD😀");
}

TEST(JsonReader, Counts) {
  EXPECT_EQ(count_of("0"), Count(0));
  EXPECT_EQ(count_of("-0"), Count(0));
  EXPECT_EQ(count_of("12"), Count(12));
  EXPECT_EQ(count_of("-12"), Count(-12));
  EXPECT_EQ(count_of("1.0"), Count(1));
  EXPECT_EQ(count_of("12e2"), Count(1200));
  EXPECT_EQ(count_of("1.5e1"), Count(15));
  EXPECT_EQ(count_of("\"12\""), Count(12));
  EXPECT_EQ(count_of("\"12.0\""), Count(12));
  EXPECT_EQ(count_of("9223372036854775807"), Count(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(count_of("-9223372036854775808"), Count(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(count_of("9007199254740991.0"), Count(9007199254740991));
}

TEST(JsonReader, UnknownCounts) {
  for (const char* text :
       {"1.5", "9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "1e400", "1e-400",
        "9007199254740993.0", "\"\"", "\" 12\"", "\"12 \"", "\"12x\"", "\"0x10\"", "\"01\"", "\"1e400\"", "\"many\""}) {
    EXPECT_FALSE(count_of(text).known()) << text;
  }
}

TEST(JsonReader, Numbers) {
  EXPECT_EQ(number_of("0.7"), 0.7);
  EXPECT_EQ(number_of("-1e-3"), -0.001);
  EXPECT_EQ(number_of("3"), 3.0);
  EXPECT_EQ(number_of("\"2.5\""), 2.5);
  EXPECT_EQ(number_of("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(number_of("1e400"), std::nullopt);
  EXPECT_EQ(number_of("1e-400"), std::nullopt);
  EXPECT_EQ(number_of("\"inf\""), std::nullopt);
  EXPECT_EQ(number_of("\"nan\""), std::nullopt);
}

TEST(JsonReader, Booleans) {
  const auto boolean_of = [](std::string_view text) {
    return read_member(text, [](Value value) { return value.boolean(); });
  };
  EXPECT_EQ(boolean_of("true"), true);
  EXPECT_EQ(boolean_of("false"), false);
  EXPECT_EQ(boolean_of("\"true\""), std::nullopt);
}

TEST(JsonReader, RawGivesTheBytesOfAnyValue) {
  for (const char* text :
       {"1.0", "1e400", "123456789012345678901234567890", "-0", "true", "null", R"("a\u0000\ud800\/")", "[]", "{}",
        R"({ "b" : [ 1 ,2.50 ] , "a":"x", "a":"y" })", R"([[[1]], {"x": {}}])"}) {
    EXPECT_EQ(raw_of(text), text);
    EXPECT_EQ(raw_of(text + std::string(" \n\t ")), text);
  }
}

TEST(JsonReader, RawOfWhatIsNoJsonIsNothing) {
  for (const char* text : {"[1,]", "{\"a\":tru}", "[01]", "{\"a\":{\"b\" 1}}", "[\"\\x\"]"}) {
    EXPECT_EQ(raw_of(text), std::nullopt) << text;
  }
}

TEST(JsonReader, RawIsBoundedInDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(raw_of(nested(256)), nested(256));
  EXPECT_EQ(raw_of(nested(257)), std::nullopt);
}

TEST(JsonReader, RawOfTheRoot) {
  const Padded padded(" {\"a\": [1, 2]}\n");
  Reader reader;
  EXPECT_TRUE(reader.read(padded.text(), [](Value root) { EXPECT_EQ(root.raw(), "{\"a\": [1, 2]}"); }));
}

TEST(JsonReader, NamesAreGivenInOrderUnescapedDuplicatesToo) {
  const Padded padded(R"({"a":1,"a":2,"\u0061\n":3,"":4,"b" : 5,"a\ud800":6})");
  Reader reader;
  std::vector<std::pair<std::string, std::int64_t>> seen;
  EXPECT_TRUE(reader.read(padded.text(), [&](Value root) {
    root.fields([&](std::string_view key, Value value) { seen.emplace_back(key, value.count().value_or(-1)); });
  }));
  EXPECT_EQ(seen, (std::vector<std::pair<std::string, std::int64_t>>{
                      {"a", 1}, {"a", 2}, {"a\n", 3}, {"", 4}, {"b", 5}, {"a\uFFFD", 6}}));
}

TEST(JsonReader, TextsLiveAsLongAsTheDocument) {
  std::string text = "[";
  for (int i = 0; i < 2000; ++i) text += "\"escaped\\t" + std::to_string(i) + "\",\"plain " + std::to_string(i) + "\",";
  text.back() = ']';
  const Padded padded(text);
  Reader reader;
  std::vector<std::string_view> strings;
  EXPECT_TRUE(reader.read(padded.text(), [&](Value root) {
    root.elements([&](Value value) { strings.push_back(value.string().value_or("?")); });
    ASSERT_EQ(strings.size(), 4000u);
    for (int i = 0; i < 2000; ++i) {
      EXPECT_EQ(strings[2 * static_cast<std::size_t>(i)], "escaped\t" + std::to_string(i));
      EXPECT_EQ(strings[2 * static_cast<std::size_t>(i) + 1], "plain " + std::to_string(i));
    }
  }));
}

TEST(JsonReader, ValuesMayBeReadAgainAndInAnyOrder) {
  const Padded padded(R"({"a":"x\n","b":[1,{"c":"y\t"}],"d":"plain","e":"z\\"})");
  Reader reader;
  EXPECT_TRUE(reader.read(padded.text(), [](Value root) {
    std::vector<Value> values;
    root.fields([&](std::string_view, Value value) { values.push_back(value); });
    ASSERT_EQ(values.size(), 4u);
    for (int round = 0; round < 3; ++round) {
      EXPECT_EQ(values[3].string(), "z\\");
      EXPECT_EQ(values[2].string(), "plain");
      EXPECT_EQ(values[0].string(), "x\n");
      EXPECT_EQ(values[1].raw(), R"([1,{"c":"y\t"}])");
    }
    int elements = 0;
    EXPECT_TRUE(values[1].elements([&](Value) { ++elements; }));
    EXPECT_EQ(elements, 2);
  }));
}

TEST(JsonReader, ManyContainersMayBeReadAgain) {
  std::string text = "[";
  for (int i = 0; i < 50; ++i) text += (i == 0 ? "" : ",") + ("{\"n\":[" + std::to_string(i) + ",[" + "{}]]}");
  const Padded padded(text + "]");
  Reader reader;
  EXPECT_TRUE(reader.read(padded.text(), [](Value root) {
    std::vector<Value> objects;
    root.elements([&](Value object) { objects.push_back(object); });
    ASSERT_EQ(objects.size(), 50u);
    for (int turn = 0; turn < 2; ++turn) {
      for (std::size_t i = objects.size(); i-- > 0;) {
        const std::string inside = "[" + std::to_string(i) + ",[{}]]";
        objects[i].fields([&](std::string_view, Value list) { EXPECT_EQ(list.raw().value_or(""), inside); });
        EXPECT_EQ(objects[i].raw().value_or(""), "{\"n\":" + inside + "}");
      }
    }
  }));
}

TEST(JsonReader, WhatIsNotReadIsSkipped) {
  const Padded padded(R"({"a":{"x":[1,2,{"y":"]}"}]},"b":[[],[{}]],"c":"}","d":7})");
  Reader reader;
  std::string keys;
  Count last;
  EXPECT_TRUE(reader.read(padded.text(), [&](Value root) {
    root.fields([&](std::string_view key, Value value) {
      keys += key;
      if (key == "d") last = value.count();
    });
  }));
  EXPECT_EQ(keys, "abcd");
  EXPECT_EQ(last, Count(7));
  EXPECT_TRUE(reader.read(padded.text(), [](Value) {}));
}

TEST(JsonReader, BlanksAreTolerated) {
  const Padded padded(" \r\n\t{ \"a\" : [ 1 , 2 ] , \"b\" : { } , \"c\" : \"x\" }\n \t\r\n");
  Reader reader;
  std::string seen;
  EXPECT_TRUE(reader.read(padded.text(), [&](Value root) {
    root.fields([&](std::string_view key, Value value) {
      seen += key;
      value.elements([&](Value element) { seen += to_string(element.count()); });
      seen += value.string().value_or("");
    });
  }));
  EXPECT_EQ(seen, "a12bcx");
}

TEST(JsonReader, AByteOrderMarkIsTolerated) {
  const Padded good("\xEF\xBB\xBF{\"a\":1}");
  const Padded bad("\xEF\xBB\xBF{\"a\";1}");
  Reader reader;
  Count count;
  const auto visit = [&](Value root) { root.fields([&](std::string_view, Value value) { count = value.count(); }); };
  EXPECT_TRUE(reader.read(good.text(), visit));
  EXPECT_EQ(count, Count(1));
  EXPECT_FALSE(reader.read(bad.text(), visit));
  EXPECT_EQ(reader.error(), "byte 7: expected ':'") << "the mark counts";
}

TEST(JsonReader, InvalidUtf8IsRepaired) {
  const Padded padded("{\"a\":\"x\xFF\",\"b\xC3\":\"\xED\xA0\x80\",\"c\":\"é\"}");
  Reader reader;
  std::vector<std::pair<std::string, std::string>> seen;
  const auto visit = [&](Value root) {
    root.fields([&](std::string_view key, Value value) { seen.emplace_back(key, value.raw().value_or("?")); });
  };
  EXPECT_TRUE(reader.read(padded.text(), visit));
  EXPECT_TRUE(reader.repaired());
  EXPECT_EQ(seen, (std::vector<std::pair<std::string, std::string>>{
                      {"a", "\"x\uFFFD\""}, {"b\uFFFD", "\"\uFFFD\uFFFD\uFFFD\""}, {"c", "\"é\""}}));

  EXPECT_TRUE(reader.read(Padded("{}").text(), visit));
  EXPECT_FALSE(reader.repaired());
}

TEST(JsonReader, TextWithoutPaddingIsCopied) {
  const auto unpadded = std::make_unique<char[]>(9);
  std::string_view("[\"a\",\"\xFF\"").copy(unpadded.get(), 8);
  unpadded[8] = ']';
  Reader reader;
  std::string seen;
  EXPECT_TRUE(reader.read_copy({unpadded.get(), 9}, [&](Value root) {
    root.elements([&](Value value) { seen += value.string().value_or("?"); });
  }));
  EXPECT_EQ(seen, "a\uFFFD");
}

TEST(JsonReader, AnExceptionFromAVisitComesOutAndSpoilsNothing) {
  const Padded padded(R"({"a":[1,{"b":"x\n"}],"c":2})");
  Reader reader;
  const auto thrower = [&] {
    reader.read(padded.text(), [](Value root) {
      root.fields([](std::string_view, Value array) {
        array.elements([](Value value) {
          value.fields([](std::string_view, Value) { throw std::runtime_error("from within"); });
        });
      });
    });
  };
  EXPECT_THROW(thrower(), std::runtime_error);
  Count count;
  EXPECT_TRUE(reader.read(padded.text(), [&](Value root) {
    root.fields([&](std::string_view key, Value value) {
      if (key == "c") count = value.count();
    });
  }));
  EXPECT_EQ(count, Count(2));
}

TEST(JsonReader, OneReaderReadsTextsOfAllSizes) {
  Reader reader;
  for (const std::size_t size : {1u, 100'000u, 10u, 4095u, 4096u, 4097u, 1'000'000u, 3u}) {
    const std::string content = std::string(size, 'x') + "\n";
    const Padded padded("[\"" + std::string(size, 'x') + "\\n\"]");
    std::string seen;
    EXPECT_TRUE(reader.read(
        padded.text(), [&](Value root) { root.elements([&](Value value) { seen = value.string().value_or("?"); }); }));
    EXPECT_EQ(seen, content);
  }
}

TEST(JsonReader, AReaderCanBeMoved) {
  Reader first;
  EXPECT_TRUE(first.read(Padded("[1]").text(), [](Value) {}));
  Reader second = std::move(first);
  Count count;
  EXPECT_TRUE(second.read(Padded("[2]").text(),
                          [&](Value root) { root.elements([&](Value value) { count = value.count(); }); }));
  EXPECT_EQ(count, Count(2));
}

}  // namespace
}  // namespace antiphon
