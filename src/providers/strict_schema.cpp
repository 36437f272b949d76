#include "providers/strict_schema.hpp"

#include <algorithm>
#include <vector>

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/json_fields.hpp"
#include "providers/name_list.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

// What is enforced, and what only describes.
constexpr std::string_view enforced_keywords[] = {"type",
                                                  "enum",
                                                  "const",
                                                  "$ref",
                                                  "required",
                                                  "pattern",
                                                  "multipleOf",
                                                  "maximum",
                                                  "minimum",
                                                  "minItems",
                                                  "exclusiveMaximum",
                                                  "maxItems",
                                                  "exclusiveMinimum",
                                                  "title",
                                                  "$schema",
                                                  "$id",
                                                  "$comment"};
constexpr std::string_view known_formats[] = {"date-time", "time", "date", "duration", "email",
                                              "hostname",  "ipv4", "ipv6", "uuid"};

constexpr int most_levels = 10;
constexpr int most_properties = 5000;
constexpr int most_enum_values = 1000;

class StrictMaker {
 public:
  explicit StrictMaker(StrictSchema& made) : made_(made), writer_(made.schema) {}

  void root(Value value) {
    const JsonFields fields(value);
    const auto type = fields.find("type");
    if (!type || type->string() != "object") obstacle("its root is no object");
    schema(value, 0);
    if (properties_ > most_properties) obstacle("it has more than 5000 properties");
    if (enum_values_ > most_enum_values) obstacle("it has more than 1000 values of enums");
  }

 private:
  void obstacle(std::string why) {
    if (made_.obstacle.empty()) made_.obstacle = std::move(why);
  }

  static bool is_object(const JsonFields& fields) {
    if (fields.find("properties")) return true;
    const auto type = fields.find("type");
    if (!type) return false;
    bool object = type->string() == "object";
    type->elements([&](Value each) { object = object || each.string() == "object"; });
    return object;
  }

  void schema(Value value, int level) {
    if (value.type() != Type::object) {
      writer_.raw(value.raw().value_or("null"));
      return obstacle("true and false are no schemas there");
    }
    if (level > most_levels) obstacle("it is nested more than 10 levels deep");
    const JsonFields fields(value);
    writer_.begin_object();
    describe(fields);
    value.fields([&](std::string_view key, Value field) { keyword(key, field, level); });
    if (is_object(fields)) close(fields);
    writer_.end_object();
  }

  void describe(const JsonFields& fields) {
    const auto usual = fields.find("default");
    std::string text(fields.text("description"));
    if (usual) {
      text += (text.empty() ? "Default: " : " Default: ") + std::string(usual->raw().value_or("null")) + ".";
    }
    if (!text.empty()) writer_.key("description").string(text);
  }

  /// An object has all of its properties, and no others.
  void close(const JsonFields& fields) {
    const auto properties = fields.find("properties");
    if (!properties) return obstacle("it has an object that says nothing of its properties");
    const auto further = fields.find("additionalProperties");
    if (further && further->boolean() != false) obstacle("it has an object with properties of any name");
    made_.changed = made_.changed || !further;
    std::vector<std::string_view> required;
    if (const auto names = fields.find("required")) {
      names->elements([&](Value name) { required.push_back(name.string().value_or("")); });
    }
    properties->fields([&](std::string_view name, Value) {
      ++properties_;
      if (is_one_of(required, name)) return;
      obstacle("\"" + std::string(name) + "\" is optional: name it in `required`, and let it be null");
    });
    writer_.key("additionalProperties").boolean(false);
  }

  void keyword(std::string_view key, Value value, int level) {
    if (key == "additionalProperties") return;
    if (key == "default") made_.changed = true;
    if (key == "default" || key == "description") return;
    if (key == "enum") value.elements([&](Value) { ++enum_values_; });
    writer_.key_text(key);
    if (key == "properties" || key == "$defs" || key == "definitions") {
      by_name(value, level);
    } else if (key == "items") {
      schema(value, level + 1);
    } else if (key == "anyOf") {
      writer_.begin_array();
      value.elements([&](Value branch) { schema(branch, level + 1); });
      writer_.end_array();
    } else {
      const bool format = key == "format" && is_one_of(known_formats, value.string().value_or(""));
      if (!format && !is_one_of(enforced_keywords, key)) obstacle("it has the keyword " + std::string(key));
      writer_.raw(value.raw().value_or("null"));
    }
  }

  void by_name(Value value, int level) {
    writer_.begin_object();
    value.fields([&](std::string_view key, Value each) {
      writer_.key_text(key);
      schema(each, level + 1);
    });
    writer_.end_object();
  }

  StrictSchema& made_;
  json::Writer writer_;
  int properties_ = 0;
  int enum_values_ = 0;
};

}  // namespace

StrictSchema strict_schema(std::string_view schema) {
  StrictSchema made;
  json::Reader reader;
  const bool read = reader.read_copy(schema, [&](Value root) { StrictMaker(made).root(root); });
  if (!read && made.obstacle.empty()) made.obstacle = "it is nested too deep";
  return made;
}

SentSchema strict_schema_or_plain(const Json& schema, const std::string& place, RequestNotes& notes) {
  StrictSchema made = strict_schema(schema.text());
  if (!made.obstacle.empty()) {
    notes.cannot_carry(place + "/strict", "OpenAI cannot enforce this schema, which is sent without: " + made.obstacle);
    return {schema.text(), false};
  }
  // Providers cache by the bytes.
  return {made.changed ? std::move(made.schema) : schema.text(), true};
}

}  // namespace antiphon::inline v0::codec
