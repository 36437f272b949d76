#include "anthropic_schema.hpp"

#include <algorithm>
#include <set>

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t most_optional = 24;
constexpr std::size_t deepest = 64;

class Checker {
 public:
  Checker(const RequestObject& root, std::uint64_t& optional) : root_(root), optional_(optional) {}

  void check(const RequestObject& schema, std::size_t depth) {
    if (depth > deepest) schema.refuse(Problem::other, "The schema is nested too deep.");
    refuse_keywords(schema);
    const bool is_object = schema.json().contains("properties") || text_member(schema.json(), "type") == "object";
    if (is_object) check_object(schema, depth);
    for (const char* key : {"anyOf", "allOf", "prefixItems"}) {
      if (!schema.has(key)) continue;
      for (const RequestObject& branch : schema.objects(key)) check(branch, depth + 1);
    }
    if (schema.has("items")) check(schema.need_object("items"), depth + 1);
    if (schema.has("$ref")) follow(schema, depth);
  }

 private:
  static void refuse_keywords(const RequestObject& schema) {
    for (const char* key : {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
                            "maxLength", "maxItems", "uniqueItems", "oneOf", "not", "patternProperties"}) {
      if (schema.has(key)) schema.refuse(key, Problem::other, "This keyword is not supported in a schema.");
    }
    if (schema.integer("minItems", 0, UINT64_MAX).value_or(0) > 1) {
      schema.refuse("minItems", Problem::other, "Only 0 and 1 are supported.");
    }
  }

  void check_object(const RequestObject& schema, std::size_t depth) {
    const json::value* additional = schema.find("additionalProperties");
    if (!additional || !additional->is_bool() || additional->get_bool()) {
      schema.refuse(Problem::other, "For 'object' type, 'additionalProperties' must be explicitly set to false.");
    }
    const auto properties = schema.object("properties");
    if (!properties) return;
    const std::vector<std::string> required = schema.texts("required");
    for (const auto& property : properties->json()) {
      const std::string name(property.key());
      if (std::find(required.begin(), required.end(), name) == required.end() && ++optional_ > most_optional) {
        schema.refuse(Problem::other, "The schemas have more than 24 optional properties.");
      }
      check(properties->need_object(name), depth + 1);
    }
  }

  void follow(const RequestObject& schema, std::size_t depth) {
    const std::string reference = schema.text("$ref");
    const std::string_view prefix = "#/$defs/";
    const auto definitions = root_.object("$defs");
    const std::string name = reference.substr(0, prefix.size()) == prefix ? reference.substr(prefix.size()) : "";
    if (name.empty() || !definitions || !definitions->has(name)) {
      schema.refuse("$ref", Problem::other, "Only references to the schema's own $defs are supported.");
    }
    if (!open_.insert(name).second) schema.refuse("$ref", Problem::other, "Recursive schemas are not supported.");
    if (done_.insert(name).second) check(definitions->need_object(name), depth + 1);
    open_.erase(name);
  }

  const RequestObject& root_;
  std::uint64_t& optional_;
  std::set<std::string> open_;
  std::set<std::string> done_;
};

}  // namespace

void check_anthropic_schema(const RequestObject& schema, std::uint64_t& optional_properties) {
  Checker(schema, optional_properties).check(schema, 0);
}

}  // namespace antiphon::inline v0::simulator
