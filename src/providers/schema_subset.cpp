#include "providers/schema_subset.hpp"

#include <algorithm>

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/json_fields.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

/// What else is done to it.
enum class Reduction { closed, single_typed };

class Copier {
 public:
  Copier(SchemaSubset& subset, std::initializer_list<std::string_view> keywords, Reduction reduction)
      : subset_(subset), keywords_(keywords), reduction_(reduction), writer_(subset.schema) {}

  void schema(Value value) {
    if (value.type() != Type::object) return copy(value);
    writer_.begin_object();
    bool object = false;
    bool nullable = false;
    value.fields([&](std::string_view key, Value field) {
      if (std::find(keywords_.begin(), keywords_.end(), key) != keywords_.end()) return drop(key);
      object = object || key == "properties" || (key == "type" && field.string() == "object");
      if (reduction_ == Reduction::closed && key == "additionalProperties" && field.boolean() == false) return;
      if (reduction_ == Reduction::closed && (key == "additionalProperties" || asks_for_many(key, field)))
        return drop(key);
      if (reduction_ == Reduction::single_typed && field.type() == Type::array && (key == "type" || key == "enum")) {
        const bool may_be_null = key == "type" ? types(field, JsonFields(value)) : texts(field);
        nullable = nullable || may_be_null;
        return;
      }
      writer_.key_text(key);
      keyword(key, field);
    });
    if (reduction_ == Reduction::closed && object) writer_.key("additionalProperties").boolean(false);
    if (nullable && !JsonFields(value).find("nullable")) writer_.key("nullable").boolean(true);
    writer_.end_object();
  }

 private:
  static bool asks_for_many(std::string_view key, Value value) {
    return key == "minItems" && value.number().value_or(0) > 1;
  }
  /// The one type that there is beside null, or a choice; gives whether null is another.
  bool types(Value names, const JsonFields& beside) {
    std::vector<std::string_view> others;
    bool null = false;
    names.elements([&](Value name) {
      const std::string_view type = name.string().value_or("");
      if (type == "null") {
        null = true;
      } else {
        others.push_back(type);
      }
    });
    if (others.size() > 1) {
      choice(others, beside);
      return null;
    }
    writer_.key("type").string(others.empty() ? "null" : others.front());
    return null && !others.empty();
  }
  void choice(const std::vector<std::string_view>& names, const JsonFields& beside) {
    if (beside.find("anyOf")) return drop("type");
    writer_.key("anyOf").begin_array();
    for (const std::string_view name : names) writer_.begin_object().key("type").string(name).end_object();
    writer_.end_array();
  }
  /// Values that are listed; gives whether null is among them.
  bool texts(Value values) {
    bool null = false;
    bool others = false;
    values.elements([&](Value value) {
      null = null || value.is_null();
      others = others || !(value.is_null() || value.type() == Type::string);
    });
    if (others) {
      drop("enum");
      return null;
    }
    writer_.key("enum").begin_array();
    values.elements([&](Value value) {
      if (!value.is_null()) copy(value);
    });
    writer_.end_array();
    return null;
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
  Reduction reduction_;
  json::Writer writer_;
};

SchemaSubset reduce(std::string_view schema, std::initializer_list<std::string_view> keywords, Reduction reduction) {
  SchemaSubset subset;
  json::Reader reader;
  const bool good = reader.read_copy(schema, [&](Value root) { Copier(subset, keywords, reduction).schema(root); });
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

SchemaSubset closed_without_keywords(std::string_view schema, std::initializer_list<std::string_view> keywords) {
  return reduce(schema, keywords, Reduction::closed);
}

SchemaSubset single_typed_without_keywords(std::string_view schema, std::initializer_list<std::string_view> keywords) {
  return reduce(schema, keywords, Reduction::single_typed);
}

}  // namespace antiphon::inline v0::codec
