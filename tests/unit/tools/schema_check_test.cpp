// Arguments against a JSON Schema.

#include <gtest/gtest.h>

#include "json/schema_check.hpp"

namespace antiphon::test {
namespace {

using json::schema_objection;

constexpr const char* weather_schema = R"({
  "type": "object",
  "properties": {
    "city": {"type": "string", "minLength": 1, "maxLength": 5},
    "days": {"type": "integer", "minimum": 1, "exclusiveMaximum": 15},
    "unit": {"enum": ["c", "f", null, 1]},
    "kind": {"const": "now"},
    "tags": {"type": "array", "items": {"type": ["string", "null"]}, "minItems": 1, "maxItems": 2},
    "any": {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/point"}]},
    "all": {"allOf": [{"type": "object"}, {"required": ["x"]}]},
    "map": {"type": "object", "additionalProperties": {"type": "number"}, "maxProperties": 1},
    "self": {"$ref": "#"},
    "no": false,
    "yes": true
  },
  "required": ["city"],
  "additionalProperties": false,
  "$defs": {"point": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}}
})";

TEST(SchemaCheck, WhatFollowsTheSchemaIsFine) {
  for (const char* good : {
           R"({"city": "Oslo"})",
           R"({"city": "ÄÖÜßé", "days": 1, "unit": null, "kind": "now", "tags": ["a", null]})",
           R"({"city": "O", "days": 14.0, "unit": 1.0, "any": 3, "yes": [1]})",
           R"({"city": "O", "any": {"x": 1}, "all": {"x": 0}, "map": {"k": 1e3}})",
           R"({"city": "O", "days": 3, "self": {"city": "P", "self": {"city": "Q"}}})",
       }) {
    EXPECT_EQ(schema_objection(weather_schema, good), "") << good;
  }
}

TEST(SchemaCheck, WhatDoesNotIsNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {R"([])", "expected object, got an array"},
      {R"({})", "/city: missing"},
      {R"({"city": 7})", "/city: expected string, got 7"},
      {R"({"city": ""})", "/city: expected at least 1 characters"},
      {R"({"city": "toolong"})", "/city: expected at most 5 characters"},
      {R"({"city": "O", "days": 1.5})", "/days: expected integer, got 1.5"},
      {R"({"city": "O", "days": "3"})", R"(/days: expected integer, got "3")"},
      {R"({"city": "O", "days": 0})", "/days: expected at least 1"},
      {R"({"city": "O", "days": 15})", "/days: expected less than 15"},
      {R"({"city": "O", "unit": "k"})", R"(/unit: expected one of "c" "f" null 1, got "k")"},
      {R"({"city": "O", "kind": "later"})", R"(/kind: expected "now", got "later")"},
      {R"({"city": "O", "tags": []})", "/tags: expected at least 1 elements"},
      {R"({"city": "O", "tags": ["a", 2]})", "/tags/1: expected string or null, got 2"},
      {R"({"city": "O", "tags": ["a", "b", "c"]})", "/tags: expected at most 2 elements"},
      {R"({"city": "O", "any": "x"})", R"(/any: fits none of the allowed forms; the first: expected integer, got "x")"},
      {R"({"city": "O", "any": {}})",
       "/any: fits none of the allowed forms; the first: expected integer, got an object"},
      {R"({"city": "O", "all": {}})", "/all/x: missing"},
      {R"({"city": "O", "map": {"k": "v"}})", R"(/map/k: expected number, got "v")"},
      {R"({"city": "O", "map": {"k": 1, "l": 2}})", "/map: expected at most 1 members"},
      {R"({"city": "O", "self": {"city": 1}})", "/self/city: expected string, got 1"},
      {R"({"city": "O", "no": 1})", "/no: nothing is allowed here"},
      {R"({"city": "O", "more": 1})",
       "/more: unknown; known here: city, days, unit, kind, tags, any, all, map, self, no, yes"},
  };
  for (const auto& [value, what] : cases) EXPECT_EQ(schema_objection(weather_schema, value), what) << value;
}

TEST(SchemaCheck, ASchemaThatNeverEndsDoes) {
  EXPECT_EQ(schema_objection(R"({"$ref": "#"})", "{}"), "");
  EXPECT_EQ(schema_objection(R"({"allOf": [{"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}]})", "{}"), "");
  EXPECT_EQ(schema_objection(R"({"$ref": "https://example.com/elsewhere"})", "{}"), "");
  EXPECT_EQ(schema_objection(R"({"$ref": "#/nowhere/at/all"})", "{}"), "");
}

TEST(SchemaCheck, WhatIsNoJsonIsFoundElsewhere) {
  EXPECT_EQ(schema_objection(R"({"type": "string"})", R"("\o")"), "");
  EXPECT_EQ(schema_objection(R"({"properties": {"a": {"minLength": 1}}})", R"({"a": "\o")"), "");
  EXPECT_EQ(schema_objection(R"({"properties": {"a": {"minLength": 0}}})", R"({"a": "\o"})"), "");
  EXPECT_NE(schema_objection(R"({"properties": {"a": {"minLength": 1}}})", R"({"a": "\o"})"), "");
}

TEST(SchemaCheck, ReferencesMayBeEscaped) {
  const char* schema = R"({"$ref": "#/$defs/a~1b~0c", "$defs": {"a/b~c": {"type": "integer"}}})";
  EXPECT_EQ(schema_objection(schema, "7"), "");
  EXPECT_NE(schema_objection(schema, "{}"), "");
}

}  // namespace
}  // namespace antiphon::test
