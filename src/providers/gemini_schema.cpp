#include "providers/gemini_schema.hpp"

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/schema_subset.hpp"

namespace antiphon::inline v0::codec {

void write_gemini_schema(json::Writer& writer, RequestNotes& notes, const GeminiModel& model,
                         const GeminiSchemaField& field, const Json& schema, const std::string& place) {
  if (model.json_schema) {
    writer.key(field.json).raw(schema.text());
    return;
  }
  const SchemaSubset subset = single_typed_without_keywords(
      schema.text(),
      {"additionalProperties", "$schema", "$id", "$ref", "$defs", "definitions", "const", "oneOf", "allOf", "not", "if",
       "then", "else", "patternProperties", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems"});
  for (const std::string& keyword : subset.dropped) {
    // They only repeat what the older form takes for granted.
    if (keyword == "additionalProperties" || keyword == "$schema" || keyword == "$id") continue;
    notes.cannot_carry(place, "the model does not know the keyword " + keyword);
  }
  writer.key(field.own).raw(subset.schema);
}

bool takes_no_arguments(const Json& schema) {
  bool none = true;
  json::Reader reader;
  reader.read_copy(schema.text(), [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == "type") {
        none = none && ascii::equal_ignoring_case(value.string().value_or(""), "object");
      } else if (key == "properties" || key == "required") {
        value.fields([&](std::string_view, json::Value) { none = false; });
        value.elements([&](json::Value) { none = false; });
      } else if (key != "$schema" && key != "title" && key != "description" && key != "additionalProperties") {
        none = false;
      } else if (key == "additionalProperties" && value.boolean().value_or(true)) {
        none = false;
      }
    });
  });
  return none && !reader.failed();
}

}  // namespace antiphon::inline v0::codec
