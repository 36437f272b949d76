#include "json/schema_check.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <antiphon/tool_function.hpp>

#include "core/utf8.hpp"
#include "json/pointer.hpp"
#include "json/problems.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0::json {

namespace {

constexpr std::size_t most_depth = 200;
constexpr int most_steps = 100'000;

std::optional<Value> member(Value object, std::string_view name) {
  std::optional<Value> found;
  object.fields([&](std::string_view key, Value value) {
    if (key == name) found = value;
  });
  return found;
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::null:
      return "null";
    case Type::boolean:
      return "boolean";
    case Type::number:
      return "number";
    case Type::string:
      return "string";
    case Type::array:
      return "array";
    case Type::object:
      return "object";
  }
  return "null";
}

bool is_whole(Value value) {
  if (value.type() != Type::number) return false;
  if (value.count().known()) return true;
  // Beyond 64 bits.
  return value.raw().value_or(".").find_first_of(".eE") == std::string_view::npos;
}

bool has_type(Value value, std::string_view type) {
  return type == name_of(value.type()) || (type == "integer" && is_whole(value));
}

/// Of scalars; anything else is taken to be equal.
bool equal(Value a, Value b) {
  if (a.type() != b.type()) return false;
  if (a.type() == Type::string) return a.string() == b.string();
  if (a.type() == Type::number) return a.raw() == b.raw() || a.number() == b.number();
  if (a.type() == Type::boolean) return a.boolean() == b.boolean();
  return true;
}

class SchemaCheck {
 public:
  explicit SchemaCheck(Value root) : root_(root) {}

  void check(Value schema, Value value, Problems& problems) {
    if (schema.type() == Type::boolean) {
      if (!schema.boolean().value_or(true)) problems.add("nothing is allowed here");
      return;
    }
    if (schema.type() != Type::object || ++steps_ > most_steps || depth_ > most_depth) return;
    ++depth_;
    const std::size_t before = problems.count();
    schema.fields([&](std::string_view keyword, Value rule) {
      if (keyword == "$ref") reference(rule, value, problems);
      if (keyword == "type") type(rule, value, problems);
    });
    // What is of another type altogether has no other faults that matter.
    if (problems.count() == before) rules(schema, value, problems);
    --depth_;
  }

 private:
  void rules(Value schema, Value value, Problems& problems) {
    schema.fields([&](std::string_view keyword, Value rule) {
      if (keyword == "enum") one_of(rule, value, problems);
      if (keyword == "const" && !equal(rule, value)) {
        problems.add("expected " + shortened(rule) + ", got " + shortened(value));
      }
      if (keyword == "allOf") rule.elements([&](Value inner) { check(inner, value, problems); });
      if (keyword == "anyOf" || keyword == "oneOf") any_of(rule, value, problems);
    });
    switch (value.type()) {
      case Type::object:
        return object(schema, value, problems);
      case Type::array:
        return array(schema, value, problems);
      case Type::string:
        return range(schema, static_cast<double>(utf8::characters(value.text())), "minLength", "maxLength",
                     " characters", problems);
      case Type::number:
        return number(schema, value, problems);
      default:
        return;
    }
  }

  void reference(Value rule, Value value, Problems& problems) {
    const std::optional<std::string_view> place = rule.string();
    if (!place || !place->starts_with('#')) return;
    const std::optional<std::vector<std::string>> steps = steps_of(place->substr(1));
    if (!steps) return;
    std::optional<Value> target = root_;
    for (const std::string& step : *steps) {
      if (target) target = member(*target, step);
    }
    if (target) check(*target, value, problems);
  }

  void type(Value rule, Value value, Problems& problems) {
    bool fits = false;
    std::string names;
    const auto look_at = [&](Value name) {
      const std::string_view text = name.string().value_or("");
      fits = fits || has_type(value, text);
      names += (names.empty() ? "" : " or ") + std::string(text);
    };
    if (rule.type() == Type::array) {
      rule.elements(look_at);
    } else {
      look_at(rule);
    }
    if (!fits) problems.add("expected " + names + ", got " + shortened(value));
  }

  void one_of(Value rule, Value value, Problems& problems) {
    bool fits = false;
    std::string names;
    rule.elements([&](Value choice) {
      fits = fits || equal(choice, value);
      names += " " + shortened(choice);
    });
    if (!fits) problems.add("expected one of" + names + ", got " + shortened(value));
  }

  void any_of(Value rule, Value value, Problems& problems) {
    bool fits = false;
    std::string first;
    rule.elements([&](Value inner) {
      if (fits) return;
      Problems attempt;
      check(inner, value, attempt);
      fits = attempt.count() == 0;
      if (first.empty()) first = attempt.text();
    });
    if (!fits) problems.add("fits none of the allowed forms; the first: " + first);
  }

  void range(Value schema, double measured, std::string_view least, std::string_view most, std::string_view unit,
             Problems& problems) {
    schema.fields([&](std::string_view keyword, Value rule) {
      const std::optional<double> limit = rule.type() == Type::number ? rule.number() : std::nullopt;
      if (!limit) return;
      const std::string words = std::string(rule.raw().value_or("")) + std::string(unit);
      if (keyword == least && measured < *limit) problems.add("expected at least " + words);
      if (keyword == most && measured > *limit) problems.add("expected at most " + words);
      if (least != "minimum") return;
      if (keyword == "exclusiveMinimum" && measured <= *limit) problems.add("expected more than " + words);
      if (keyword == "exclusiveMaximum" && measured >= *limit) problems.add("expected less than " + words);
    });
  }

  void number(Value schema, Value value, Problems& problems) {
    if (const std::optional<double> read = value.number()) range(schema, *read, "minimum", "maximum", "", problems);
  }

  void array(Value schema, Value value, Problems& problems) {
    const std::optional<Value> items = member(schema, "items");
    std::size_t size = 0;
    value.elements([&](Value element) {
      const Problems::Place place(problems, std::to_string(size++));
      if (items) check(*items, element, problems);
    });
    range(schema, static_cast<double>(size), "minItems", "maxItems", " elements", problems);
  }

  void object(Value schema, Value value, Problems& problems) {
    const std::optional<Value> properties = member(schema, "properties");
    const std::optional<Value> others = member(schema, "additionalProperties");
    const bool patterns = member(schema, "patternProperties").has_value();
    std::size_t size = 0;
    value.fields([&](std::string_view key, Value inner) {
      ++size;
      const std::optional<Value> known = properties ? member(*properties, key) : std::nullopt;
      const Problems::Place place(problems, key);
      if (known) return check(*known, inner, problems);
      if (!others || patterns) return;
      if (others->type() == Type::boolean && !others->boolean().value_or(true))
        return problems.add(unknown(properties));
      check(*others, inner, problems);
    });
    if (const std::optional<Value> required = member(schema, "required")) {
      required->elements([&](Value name) {
        const std::string key(name.string().value_or(""));
        if (member(value, key)) return;
        const Problems::Place place(problems, key);
        problems.add("missing");
      });
    }
    range(schema, static_cast<double>(size), "minProperties", "maxProperties", " members", problems);
  }

  static std::string unknown(const std::optional<Value>& properties) {
    std::string names;
    if (properties) {
      properties->fields([&](std::string_view key, Value) { names += (names.empty() ? "" : ", ") + std::string(key); });
    }
    return names.empty() ? "unknown; nothing is expected here" : "unknown; known here: " + names;
  }

  Value root_;
  std::size_t depth_ = 0;
  int steps_ = 0;
};

}  // namespace

std::string schema_objection(std::string_view schema, std::string_view value) {
  Reader schema_reader;
  Reader value_reader;
  Problems problems;
  schema_reader.read_copy(schema, [&](Value rules) {
    value_reader.read_copy(value, [&](Value root) { SchemaCheck(rules).check(rules, root, problems); });
  });
  return problems.text();
}

}  // namespace antiphon::inline v0::json

namespace antiphon::inline v0::detail {

std::string objection_by_schema(const Json& schema, const Json& arguments) {
  return json::schema_objection(schema.text(), arguments.text());
}

}  // namespace antiphon::inline v0::detail
