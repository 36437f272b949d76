// Structs as JSON Schema, read from JSON and written.

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <antiphon/describe.hpp>

namespace antiphon::test {
namespace {

// Described by a function of ours alone: the standard library is enough.
enum class Unit { celsius, fahrenheit };
void describe(Choices<Unit>& choices) {
  choices.description("Unit of temperatures").choice("celsius", Unit::celsius).choice("fahrenheit", Unit::fahrenheit);
}

struct Trip {
  std::string city;
  int days = 3;
  std::optional<Unit> unit;
  std::vector<std::string> tags;
};
void describe(Fields<Trip>& fields) {
  fields.description("A place");
  fields.field("city", &Trip::city).description("Name of the city").at_least(1).at_most(20);
  fields.field("days", &Trip::days).keeps_default().at_least(1).at_most(14);
  fields.field("unit", &Trip::unit);
  fields.field("tags", &Trip::tags).default_value({"x"}).at_most(2);
}

TEST(Schema, SaysEverythingThatIsKnown) {
  EXPECT_EQ(schema_of<Trip>().text(),
            R"({"type":"object","description":"A place","properties":{)"
            R"("city":{"type":"string","description":"Name of the city","minLength":1,"maxLength":20},)"
            R"("days":{"type":"integer","minimum":1,"maximum":14,"default":3},)"
            R"("unit":{"type":"string","description":"Unit of temperatures","enum":["celsius","fahrenheit"]},)"
            R"("tags":{"type":"array","items":{"type":"string"},"maxItems":2,"default":["x"]}},)"
            R"("required":["city"],"additionalProperties":false})");
}

TEST(Schema, TheStrictFormRequiresAllAndAllowsNull) {
  EXPECT_EQ(
      schema_of<Trip>(true).text(),
      R"({"type":"object","description":"A place","properties":{)"
      R"("city":{"type":"string","description":"Name of the city","minLength":1,"maxLength":20},)"
      R"("days":{"type":["integer","null"],"minimum":1,"maximum":14,"default":3},)"
      R"("unit":{"type":["string","null"],"description":"Unit of temperatures","enum":["celsius","fahrenheit",null]},)"
      R"("tags":{"type":["array","null"],"items":{"type":"string"},"maxItems":2,"default":["x"]}},)"
      R"("required":["city","days","unit","tags"],"additionalProperties":false})");
}

TEST(Schema, OfPlainTypes) {
  EXPECT_EQ(schema_of<bool>().text(), R"({"type":"boolean"})");
  EXPECT_EQ(schema_of<unsigned>().text(), R"({"type":"integer","minimum":0})");
  EXPECT_EQ(schema_of<double>().text(), R"({"type":"number"})");
  EXPECT_EQ(schema_of<Json>().text(), R"({})");
  using Table = std::map<std::string, std::vector<double>>;
  EXPECT_EQ(schema_of<Table>().text(),
            R"({"type":"object","additionalProperties":{"type":"array","items":{"type":"number"}}})");
}

// A type that holds itself.
struct Node {
  std::string name;
  std::optional<std::vector<Node>> children;
};
void describe(Fields<Node>& fields) {
  fields.field("name", &Node::name);
  fields.field("children", &Node::children);
}

struct Leaf {
  std::shared_ptr<Leaf> next;
  int value = 0;
};
void describe(Fields<Leaf>& fields) {
  fields.field("next", &Leaf::next);
  fields.field("value", &Leaf::value);
}
struct Tree {
  Leaf left;
  Leaf right;
};
void describe(Fields<Tree>& fields) {
  fields.field("left", &Tree::left);
  fields.field("right", &Tree::right);
}

TEST(Schema, TypesThatHoldThemselvesAreReferredTo) {
  EXPECT_EQ(schema_of<Leaf>().text(),
            R"({"type":"object","properties":{"next":{"$ref":"#"},"value":{"type":"integer"}},)"
            R"("required":["value"],"additionalProperties":false})");
  EXPECT_EQ(
      schema_of<Tree>(true).text(),
      R"({"type":"object","properties":{"left":{"$ref":"#/$defs/Leaf"},"right":{"$ref":"#/$defs/Leaf"}},)"
      R"("required":["left","right"],"additionalProperties":false,"$defs":{"Leaf":{"type":"object","properties":{)"
      R"("next":{"anyOf":[{"$ref":"#/$defs/Leaf"},{"type":"null"}]},"value":{"type":"integer"}},)"
      R"("required":["next","value"],"additionalProperties":false}}})");
}

struct Coat {
  std::string size;
  std::optional<std::string> colour;
};
void describe(Fields<Coat>& fields) {
  fields.field("size", &Coat::size).one_of("small", std::string("large"));
  fields.field("colour", &Coat::colour).one_of("red", "\"blue\"");
}

TEST(Schema, OfATextThatIsOneOfAFew) {
  EXPECT_EQ(schema_of<Coat>().text(),
            R"({"type":"object","properties":{"size":{"type":"string","enum":["small","large"]},)"
            R"("colour":{"type":"string","enum":["red","\"blue\""]}},)"
            R"("required":["size"],"additionalProperties":false})");
  EXPECT_EQ(schema_of<Coat>(true).text(),
            R"({"type":"object","properties":{"size":{"type":"string","enum":["small","large"]},)"
            R"("colour":{"type":["string","null"],"enum":["red","\"blue\"",null]}},)"
            R"("required":["size","colour"],"additionalProperties":false})");
}

// Known to the model by another name than in C++.
struct Folder {
  std::vector<Folder> folders;
};
void describe(Fields<Folder>& fields) {
  fields.name("Directory");
  fields.field("folders", &Folder::folders);
}
struct Disk {
  Folder root;
};
void describe(Fields<Disk>& fields) { fields.field("root", &Disk::root); }

TEST(Schema, ATypeIsReferredToByTheNameThatItWasGiven) {
  EXPECT_EQ(schema_of<Disk>().text(),
            R"({"type":"object","properties":{"root":{"$ref":"#/$defs/Directory"}},)"
            R"("required":["root"],"additionalProperties":false,"$defs":{"Directory":{"type":"object","properties":{)"
            R"("folders":{"type":"array","items":{"$ref":"#/$defs/Directory"}}},)"
            R"("required":["folders"],"additionalProperties":false}}})");
}

TEST(Reading, FillsEveryField) {
  const auto where = read_json<Trip>(R"({"city":"Köln","days":14,"unit":"fahrenheit","tags":["a","b"]})");
  EXPECT_EQ(where.city, "Köln");
  EXPECT_EQ(where.days, 14);
  EXPECT_EQ(where.unit, Unit::fahrenheit);
  EXPECT_EQ(where.tags, (std::vector<std::string>{"a", "b"}));
}

TEST(Reading, WhatMayBeMissingHasItsDefault) {
  for (const char* text : {R"({"city":"Oslo"})", R"({"city":"Oslo","days":null,"unit":null,"tags":null})"}) {
    const Trip where = Json(text).as<Trip>();
    EXPECT_EQ(where.days, 3);
    EXPECT_FALSE(where.unit);
    EXPECT_EQ(where.tags, std::vector<std::string>{"x"});
  }
}

/// The message and the place.
template <class T>
std::string wrong(const char* json) {
  const Result<T> result = try_read_json<T>(json);
  if (result) return "read";
  EXPECT_EQ(result.error().kind(), ErrorKind::invalid_data);
  return result.error().where() + " | " + result.error().message();
}

TEST(Reading, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(wrong<Trip>("{"), " | not JSON: byte 1: expected a name in quotes");
  EXPECT_EQ(wrong<Trip>("[]"), " | expected an object, got an array");
  EXPECT_EQ(wrong<Trip>("{}"), "/city | /city: missing; expected a text");
  EXPECT_EQ(wrong<Trip>(R"({"city":7})"), "/city | /city: expected a text, got 7");
  EXPECT_EQ(wrong<Trip>(R"({"city":null})"), "/city | /city: expected a text, got null");
  EXPECT_EQ(wrong<Trip>(R"({"city":"O","days":"3"})"), R"(/days | /days: expected a whole number, got "3")");
  EXPECT_EQ(wrong<Trip>(R"({"city":"O","days":3.5})"), "/days | /days: expected a whole number, got 3.5");
  EXPECT_EQ(wrong<Trip>(R"({"city":"O","days":0})"), "/days | /days: expected at least 1, got 0");
  EXPECT_EQ(wrong<Trip>(R"({"city":"O","days":15})"), "/days | /days: expected at most 14, got 15");
  EXPECT_EQ(wrong<Trip>(R"({"city":""})"), "/city | /city: expected at least 1 characters, got 0");
  EXPECT_EQ(wrong<Trip>(R"({"city":"O","unit":"kelvin"})"),
            R"(/unit | /unit: expected one of "celsius" "fahrenheit", got "kelvin")");
  EXPECT_EQ(wrong<Trip>(R"({"city":"O","tags":["a",7]})"), "/tags/1 | /tags/1: expected a text, got 7");
  EXPECT_EQ(wrong<Trip>(R"({"city":"O","tags":["a","b","c"]})"), "/tags | /tags: expected at most 2 elements, got 3");
  EXPECT_EQ(wrong<Trip>(R"({"city":"O","a/b~":1})"), "/a~1b~0 | /a~1b~0: unknown; known here: city, days, unit, tags");
  EXPECT_EQ(wrong<Trip>(R"({"days":"3","x":1})"),
            R"(/days | /days: expected a whole number, got "3"; /x: unknown; known here: city, days, unit, tags; )"
            "/city: missing; expected a text");
}

TEST(Reading, ATextIsOneOfThoseThatItMayBe) {
  const Coat coat = read_json<Coat>(R"({"size":"large","colour":"\"blue\""})");
  EXPECT_EQ(coat.size, "large");
  EXPECT_EQ(coat.colour, "\"blue\"");
  EXPECT_EQ(wrong<Coat>(R"({"size":"small","colour":null})"), "read");
  EXPECT_EQ(wrong<Coat>(R"({"size":"Small"})"), R"(/size | /size: expected one of "small" "large", got "Small")");
  EXPECT_EQ(wrong<Coat>(R"({"size":"small","colour":"blue"})"),
            R"(/colour | /colour: expected one of "red" "\"blue\"", got "blue")");
}

TEST(Reading, LengthsCountCharacters) {
  EXPECT_EQ(wrong<Trip>(R"({"city":"ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ"})"), "read");
  EXPECT_EQ(wrong<Trip>(R"({"city":"ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ"})"),
            "/city | /city: expected at most 20 characters, got 21");
}

TEST(Reading, KeepsAFewFaultsOfMany) {
  std::string text = "[0";
  for (int i = 0; i < 1000; ++i) text += ",\"x\"";
  const Result<std::vector<int>> result = try_read_json<std::vector<int>>(text + "]");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where(), "/1");
  EXPECT_NE(result.error().message().find("/10:"), std::string::npos);
  EXPECT_EQ(result.error().message().find("/11:"), std::string::npos);
}

TEST(Reading, DeepTextIsRefused) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_FALSE(try_read_json<Json>(deep));
  std::string nodes = "{\"name\":\"n\"}";
  for (int i = 0; i < 90; ++i) nodes = R"({"name":"n","children":[)" + nodes + "]}";
  const auto node = try_read_json<Node>(nodes);
  ASSERT_TRUE(node) << node.error().what();
  EXPECT_EQ((*node->children)[0].name, "n");
  for (int i = 0; i < 90; ++i) nodes = R"({"name":"n","children":[)" + nodes + "]}";
  EXPECT_FALSE(try_read_json<Node>(nodes));
}

TEST(Reading, WholeNumbersKeepTheirRange) {
  EXPECT_EQ(read_json<std::int8_t>("-128"), -128);
  EXPECT_EQ(wrong<std::int8_t>("128"), " | expected a whole number from -128 to 127, got 128");
  EXPECT_EQ(wrong<unsigned>("-1"), " | expected a whole number from 0 to 4294967295, got -1");
  EXPECT_EQ(read_json<std::uint64_t>("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read_json<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read_json<int>("3.0"), 3);
  EXPECT_EQ(wrong<int>("true"), " | expected a whole number, got true");
  EXPECT_EQ(read_json<double>("0.7"), 0.7);
  EXPECT_EQ(wrong<double>("1e400"), " | expected a number, got 1e400");
  EXPECT_EQ(wrong<bool>(R"("true")"), R"( | expected true or false, got "true")");
}

TEST(Reading, TakesListsMapsAndPointers) {
  EXPECT_EQ(read_json<std::list<int>>("[1,2]"), (std::list<int>{1, 2}));
  EXPECT_EQ(read_json<std::deque<bool>>("[true,false]"), (std::deque<bool>{true, false}));
  EXPECT_EQ(read_json<std::vector<bool>>("[true,false]"), (std::vector<bool>{true, false}));
  EXPECT_EQ(read_json<std::set<std::string>>(R"(["b","a","b"])"), (std::set<std::string>{"a", "b"}));
  using Numbers = std::unordered_map<std::string, double>;
  EXPECT_EQ(read_json<Numbers>(R"({"a":1,"b":2.5})"), (Numbers{{"a", 1}, {"b", 2.5}}));
  EXPECT_EQ(wrong<Numbers>(R"({"a":"1"})"), R"(/a | /a: expected a number, got "1")");
  EXPECT_EQ(*read_json<std::unique_ptr<int>>("7"), 7);
  EXPECT_FALSE(read_json<std::shared_ptr<int>>("null"));
  EXPECT_EQ(read_json<Json>(R"({ "any": 1.0 })").text(), R"({ "any": 1.0 })");
}

TEST(Writing, GivesBackWhatWasRead) {
  const char* const texts[] = {R"({"city":"Köln","days":14,"unit":"celsius","tags":["a\"b"]})",
                               R"({"city":"O","days":3,"tags":["x"]})"};
  for (const char* text : texts) EXPECT_EQ(write_json(read_json<Trip>(text)).text(), text);
  EXPECT_EQ(write_json(std::map<std::string, std::vector<bool>>{{"k", {true, false}}}).text(), R"({"k":[true,false]})");
  EXPECT_EQ(write_json(std::vector<std::optional<int>>{1, std::nullopt}).text(), "[1,null]");
  EXPECT_EQ(write_json(0.1).text(), "0.1");
}

TEST(Writing, WhatHasNoFormIsAnError) {
  EXPECT_THROW(write_json(std::nan("")), Error);
  EXPECT_THROW(write_json(static_cast<Unit>(7)), Error);
  EXPECT_THROW(write_json(Json("{")), Error);
  auto leaf = std::make_shared<Leaf>();
  leaf->next = leaf;
  EXPECT_THROW(write_json(*leaf), Error);
  leaf->next = nullptr;
}

struct Dish {
  std::string name = "soup";
  std::string course;
};
void describe(Fields<Dish>& fields) {
  fields.field("name", &Dish::name).description("caf\xE9");
  fields.field("course", &Dish::course).one_of("first", "entr\xE9");
}

struct Spoiled {
  int coffee = 0;
};
void describe(Fields<Spoiled>& fields) { fields.field("caf\xE9", &Spoiled::coffee); }

// A call that uses them says where; nothing is repaired.
TEST(Writing, TextThatIsNotUtf8MakesNoJson) {
  EXPECT_NE(schema_of<Dish>().check().find("not UTF-8"), std::string::npos);
  EXPECT_NE(schema_of<Dish>().text().find("caf\xE9"), std::string::npos);
  EXPECT_NE(schema_of<Dish>().text().find("entr\xE9"), std::string::npos);
  Dish dish;
  EXPECT_EQ(write_json(dish).check(), "");
  dish.name = "caf\xE9";
  EXPECT_NE(write_json(dish).check().find("not UTF-8"), std::string::npos);
  EXPECT_NE(write_json(std::map<std::string, int>{{"caf\xE9", 1}}).check().find("not UTF-8"), std::string::npos);
  EXPECT_NE(schema_of<Spoiled>().check().find("not UTF-8"), std::string::npos);
  EXPECT_NE(write_json(Spoiled()).check().find("not UTF-8"), std::string::npos);
}

#if __has_include(<boost/describe.hpp>)
BOOST_DEFINE_ENUM_CLASS(Colour, red, green)

struct Base {
  int id = 0;
};
BOOST_DESCRIBE_STRUCT(Base, (), (id))
struct Paint : Base {
  Colour colour = Colour::red;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Paint, (Base), (colour, note))
void describe(Fields<Paint>& fields) { fields.field(&Paint::note).description("For the painter"); }

TEST(Boost, DescribesStructsAndEnumerations) {
  EXPECT_EQ(
      schema_of<Paint>().text(),
      R"({"type":"object","properties":{"id":{"type":"integer"},"colour":{"type":"string","enum":["red","green"]},)"
      R"("note":{"type":"string","description":"For the painter"}},"required":["id","colour"],)"
      R"("additionalProperties":false})");
  const Paint paint = read_json<Paint>(R"({"id":7,"colour":"green"})");
  EXPECT_EQ(paint.id, 7);
  EXPECT_EQ(paint.colour, Colour::green);
  EXPECT_EQ(write_json(paint).text(), R"({"id":7,"colour":"green"})");
  EXPECT_EQ(wrong<Paint>(R"({"id":7,"colour":"blue"})"),
            R"(/colour | /colour: expected one of "red" "green", got "blue")");
}
#endif

struct Nameless {
  int x = 0;
};
void describe(Fields<Nameless>& fields) { fields.field(&Nameless::x); }

TEST(Describing, AFieldWithoutANameIsAMistake) {
  try {
    schema_of<Nameless>();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "Nameless");
  }
}

struct Many {
  int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0;
};
void describe(Fields<Many>& fields) {
  auto first = fields.field("a", &Many::a);
  fields.field("b", &Many::b);
  fields.field("c", &Many::c);
  fields.field("d", &Many::d);
  fields.field("e", &Many::e);
  fields.field("f", &Many::f);
  fields.field("g", &Many::g);
  fields.field("h", &Many::h);
  fields.field("i", &Many::i);
  first.description("said later");
}

TEST(Describing, AFieldMayBeSaidMoreOfAfterOthers) {
  EXPECT_NE(schema_of<Many>().text().find("said later"), std::string::npos);
}

}  // namespace
}  // namespace antiphon::test
