#include "gemini_schema.hpp"

#include <algorithm>
#include <array>

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::array<std::string_view, 6> counts{"minItems",  "maxItems",      "minLength",
                                                 "maxLength", "minProperties", "maxProperties"};

/// A 64-bit integer, which may come as a string.
std::optional<std::uint64_t> count_of(const json::value& value) {
  if (value.is_string()) return parse_number(std::string_view(value.get_string()));
  if (value.is_int64() && value.get_int64() >= 0) return static_cast<std::uint64_t>(value.get_int64());
  return std::nullopt;
}

void check_type(const RequestObject& schema) {
  const std::string type = lower_case(schema.text("type"));
  constexpr std::array<std::string_view, 7> types{"", "string", "number", "integer", "boolean", "array", "object"};
  const bool is_known = std::find(types.begin(), types.end(), type) != types.end() || type == "null";
  if (!is_known) schema.refuse("type", Problem::value, "a type such as STRING or OBJECT");
  if (type == "array" && !schema.has("items")) schema.refuse("items", Problem::missing, "");
}

}  // namespace

void check_gemini_schema(const RequestObject& schema) {
  schema.only({"type",          "format",        "title",    "description", "nullable",  "enum",
               "items",         "minItems",      "maxItems", "properties",  "required",  "propertyOrdering",
               "anyOf",         "minimum",       "maximum",  "pattern",     "minLength", "maxLength",
               "minProperties", "maxProperties", "example",  "default"});
  check_type(schema);
  schema.flag("nullable");
  schema.texts("enum");
  schema.texts("required");
  schema.texts("propertyOrdering");
  for (const std::string_view name : counts) {
    const json::value* value = schema.find(name);
    if (value && !count_of(*value)) schema.refuse(name, Problem::type, "a 64-bit integer, as a number or a string");
  }
  if (const auto items = schema.object("items")) check_gemini_schema(*items);
  for (const RequestObject& branch : schema.objects("anyOf")) check_gemini_schema(branch);
  const auto properties = schema.object("properties");
  if (!properties) return;
  for (const auto& property : properties->json()) {
    if (const auto inner = properties->object(property.key())) check_gemini_schema(*inner);
  }
}

json::value json_schema_of(const json::value& schema) {
  const json::object* object = schema.if_object();
  if (!object) return schema;
  json::object out;
  for (const auto& item : *object) {
    const std::string_view key(item.key());
    const json::value& value = item.value();
    if (key == "type" && value.is_string()) {
      out[key] = lower_case(std::string_view(value.get_string()));
    } else if (key == "items") {
      out[key] = json_schema_of(value);
    } else if (key == "anyOf" && value.is_array()) {
      json::array branches;
      for (const json::value& branch : value.get_array()) branches.push_back(json_schema_of(branch));
      out[key] = std::move(branches);
    } else if (key == "properties" && value.is_object()) {
      json::object properties;
      for (const auto& property : value.get_object()) properties[property.key()] = json_schema_of(property.value());
      out[key] = std::move(properties);
    } else if (std::find(counts.begin(), counts.end(), key) != counts.end()) {
      out[key] = count_of(value).value_or(0);
    } else {
      out[key] = value;
    }
  }
  return out;
}

}  // namespace antiphon::inline v0::simulator
