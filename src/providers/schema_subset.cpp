#include "providers/schema_subset.hpp"

#include <algorithm>

#include "json/reader.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

class Copier {
 public:
  Copier(SchemaSubset& subset, std::initializer_list<std::string_view> keywords, bool closed)
      : subset_(subset), keywords_(keywords), closed_(closed), writer_(subset.schema) {}

  void schema(Value value) {
    if (value.type() != Type::object) return copy(value);
    writer_.begin_object();
    bool object = false;
    value.fields([&](std::string_view key, Value field) {
      if (std::find(keywords_.begin(), keywords_.end(), key) != keywords_.end()) return drop(key);
      object = object || key == "properties" || (key == "type" && field.string() == "object");
      if (closed_ && key == "additionalProperties" && field.boolean() == false) return;
      if (closed_ && (key == "additionalProperties" || asks_for_many(key, field))) return drop(key);
      writer_.key_text(key);
      keyword(key, field);
    });
    if (closed_ && object) writer_.key("additionalProperties").boolean(false);
    writer_.end_object();
  }

 private:
  static bool asks_for_many(std::string_view key, Value value) {
    return key == "minItems" && value.number().value_or(0) > 1;
  }
  void keyword(std::string_view key, Value value) {
    if (key == "properties" || key == "$defs" || key == "definitions" || key == "patternProperties") {
      by_name(value);
    } else if (key == "anyOf" || key == "oneOf" || key == "allOf" || key == "prefixItems") {
      list(value);
    } else if (key == "items" || key == "additionalProperties" || key == "not") {
      schema(value);
    } else {
      copy(value);
    }
  }
  void by_name(Value value) {
    if (value.type() != Type::object) return copy(value);
    writer_.begin_object();
    value.fields([&](std::string_view key, Value field) {
      writer_.key_text(key);
      schema(field);
    });
    writer_.end_object();
  }
  void list(Value value) {
    if (value.type() != Type::array) return copy(value);
    writer_.begin_array();
    value.elements([&](Value element) { schema(element); });
    writer_.end_array();
  }
  void copy(Value value) { writer_.raw(value.raw().value_or("null")); }
  void drop(std::string_view key) {
    if (std::find(subset_.dropped.begin(), subset_.dropped.end(), key) == subset_.dropped.end()) {
      subset_.dropped.emplace_back(key);
    }
  }

  SchemaSubset& subset_;
  std::initializer_list<std::string_view> keywords_;
  bool closed_;
  json::Writer writer_;
};

SchemaSubset reduce(std::string_view schema, std::initializer_list<std::string_view> keywords, bool closed) {
  SchemaSubset subset;
  json::Reader reader;
  const bool good = reader.read_copy(schema, [&](Value root) { Copier(subset, keywords, closed).schema(root); });
  // Nested too deep to be looked into: the provider may judge it.
  if (!good) return {std::string(schema), {}};
  return subset;
}

}  // namespace

std::string listed(const std::vector<std::string>& keywords) {
  std::string list;
  for (const std::string& keyword : keywords) list += (list.empty() ? "" : ", ") + keyword;
  return list;
}

SchemaSubset without_keywords(std::string_view schema, std::initializer_list<std::string_view> keywords) {
  return reduce(schema, keywords, false);
}

SchemaSubset closed_without_keywords(std::string_view schema, std::initializer_list<std::string_view> keywords) {
  return reduce(schema, keywords, true);
}

}  // namespace antiphon::inline v0::codec
