// Values of described types, read from JSON and written as JSON.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/description.hpp>

#include "core/utf8.hpp"
#include "json/check.hpp"
#include "json/number.hpp"
#include "json/problems.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0::detail {

namespace {

using Kind = Shape::Kind;
using json::Type;

constexpr std::size_t most_depth = 200;

std::string in_words(double value) {
  std::string text;
  json::Writer(text).number(value);
  return text;
}

std::string expected_of(const Shape& shape) {
  switch (shape.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return "a whole number";
    case Kind::number:
      return "a number";
    case Kind::text:
      return "a text";
    case Kind::list:
      return "an array";
    case Kind::map:
    case Kind::object:
      return "an object";
    case Kind::optional:
      return expected_of(shape.element());
    case Kind::json:
      return "JSON";
    case Kind::choice:
      break;
  }
  std::string names = "one of";
  for (const auto& [name, value] : shape.choices) names += " " + json::quoted(name);
  return names;
}

class ValueReader {
 public:
  explicit ValueReader(json::Problems& problems) : problems_(problems) {}

  void read(const Shape& shape, json::Value value, void* into) {
    switch (shape.kind) {
      case Kind::boolean:
        return boolean(shape, value, into);
      case Kind::integer:
        return integer(shape, value, into);
      case Kind::number:
        return number(shape, value, into);
      case Kind::text:
        return text(shape, value, into);
      case Kind::choice:
        return choice(shape, value, into);
      case Kind::list:
        return list(shape, value, into);
      case Kind::map:
        return map(shape, value, into);
      case Kind::optional:
        return optional(shape, value, into);
      case Kind::object:
        return object(shape, value, into);
      case Kind::json:
        return shape.set_text(into, value.raw().value_or("null"));
    }
  }

 private:
  void unexpected(const Shape& shape, json::Value value) {
    problems_.add("expected " + expected_of(shape) + ", got " + json::shortened(value));
  }

  void boolean(const Shape& shape, json::Value value, void* into) {
    if (value.type() != Type::boolean) return unexpected(shape, value);
    shape.set_boolean(into, value.boolean().value_or(false));
  }
  void integer(const Shape& shape, json::Value value, void* into) {
    if (value.type() != Type::number) return unexpected(shape, value);
    std::string digits(value.raw().value_or(""));
    // Models write 3.0 and 1e3 too.
    if (digits.find_first_of(".eE") != std::string::npos) {
      const Count count = value.count();
      if (!count.known()) return unexpected(shape, value);
      digits = std::to_string(count.at_least());
    }
    if (shape.set_number(into, digits)) return;
    problems_.add("expected a whole number from " + shape.least + " to " + shape.most + ", got " +
                  json::shortened(value));
  }
  void number(const Shape& shape, json::Value value, void* into) {
    if (value.type() != Type::number) return unexpected(shape, value);
    if (!shape.set_number(into, value.raw().value_or(""))) unexpected(shape, value);
  }
  void text(const Shape& shape, json::Value value, void* into) {
    if (const auto read = value.string()) return shape.set_text(into, *read);
    unexpected(shape, value);
  }
  void choice(const Shape& shape, json::Value value, void* into) {
    if (const auto read = value.string()) {
      for (const auto& [name, number] : shape.choices) {
        if (name == *read) return shape.set_choice(into, number);
      }
    }
    unexpected(shape, value);
  }
  void list(const Shape& shape, json::Value value, void* into) {
    if (value.type() != Type::array) return unexpected(shape, value);
    shape.clear(into);
    std::size_t index = 0;
    value.elements([&](json::Value element) {
      const json::Problems::Place place(problems_, std::to_string(index++));
      shape.add(into, [&](void* at) { read(shape.element(), element, at); });
    });
  }
  void map(const Shape& shape, json::Value value, void* into) {
    if (value.type() != Type::object) return unexpected(shape, value);
    shape.clear(into);
    value.fields([&](std::string_view key, json::Value element) {
      const json::Problems::Place place(problems_, key);
      shape.add_entry(into, key, [&](void* at) { read(shape.element(), element, at); });
    });
  }
  void optional(const Shape& shape, json::Value value, void* into) {
    if (value.is_null()) return shape.clear(into);
    shape.add(into, [&](void* at) { read(shape.element(), value, at); });
  }

  void object(const Shape& shape, json::Value value, void* into) {
    if (value.type() != Type::object) return unexpected(shape, value);
    std::vector<bool> seen(shape.fields.size());
    value.fields([&](std::string_view key, json::Value member) {
      const json::Problems::Place place(problems_, key);
      const auto known = std::find_if(shape.fields.begin(), shape.fields.end(),
                                      [&](const FieldShape& field) { return field.name == key; });
      if (known == shape.fields.end()) return problems_.add(unknown_field(shape));
      seen[static_cast<std::size_t>(known - shape.fields.begin())] = true;
      field(*known, member, into);
    });
    for (std::size_t index = 0; index < shape.fields.size(); ++index) {
      if (!seen[index]) missing(shape.fields[index], into);
    }
  }
  static std::string unknown_field(const Shape& shape) {
    if (shape.fields.empty()) return "unknown; nothing is expected here";
    std::string known;
    for (const FieldShape& field : shape.fields) known += (known.empty() ? "" : ", ") + field.name;
    return "unknown; known here: " + known;
  }
  void field(const FieldShape& field, json::Value value, void* object) {
    // Where every field is required, null is how one says that it is missing.
    if (field.initial && value.is_null()) return field.set_initial(object);
    const Shape& shape = field.shape();
    const std::size_t problems = problems_.count();
    read(shape, value, field.at(object));
    if (problems_.count() == problems && !value.is_null()) limits(field, value);
  }
  void missing(const FieldShape& field, void* object) {
    if (field.initial) return field.set_initial(object);
    if (field.shape().kind == Kind::optional) return;
    const json::Problems::Place place(problems_, field.name);
    problems_.add("missing; expected " + expected_of(field.shape()));
  }

  void limits(const FieldShape& field, json::Value value) {
    if (!field.least && !field.most && field.one_of.empty()) return;
    const char* what = "";
    double measured = 0;
    switch (value.type()) {
      case Type::number:
        measured = value.number().value_or(0);
        break;
      case Type::string:
        what = " characters";
        measured = static_cast<double>(utf8::characters(value.text()));
        one_of(field, value.text());
        break;
      case Type::array:
        what = " elements";
        value.elements([&](json::Value) { ++measured; });
        break;
      case Type::object:
        what = " members";
        value.fields([&](std::string_view, json::Value) { ++measured; });
        break;
      default:
        return;
    }
    if (field.least && measured < *field.least) {
      problems_.add("expected at least " + in_words(*field.least) + what + ", got " + in_words(measured));
    }
    if (field.most && measured > *field.most) {
      problems_.add("expected at most " + in_words(*field.most) + what + ", got " + in_words(measured));
    }
  }
  void one_of(const FieldShape& field, std::string_view text) {
    if (field.one_of.empty()) return;
    if (std::find(field.one_of.begin(), field.one_of.end(), text) != field.one_of.end()) return;
    std::string names;
    for (const std::string& name : field.one_of) names += " " + json::quoted(name);
    problems_.add("expected one of" + names + ", got " + json::quoted(text.substr(0, 60)));
  }

  json::Problems& problems_;
};

class ValueWriter {
 public:
  explicit ValueWriter(std::string& out) : writer_(out) {}

  void write(const Shape& shape, const void* value) {
    // What is deeper could not be read again.
    if (++depth_ > most_depth) throw wrong("the value is nested too deep, or holds itself");
    switch (shape.kind) {
      case Kind::boolean:
        writer_.boolean(shape.get_boolean(value));
        break;
      case Kind::integer:
        writer_.raw(shape.get_number(value));
        break;
      case Kind::number:
        number(shape, value);
        break;
      case Kind::text:
        // One that is not UTF-8 makes it no JSON, here and in names, which whoever uses it reports.
        writer_.raw(Json::string(shape.get_text(value)).text());
        break;
      case Kind::json:
        raw(shape, value);
        break;
      case Kind::choice:
        choice(shape, value);
        break;
      case Kind::list:
        writer_.begin_array();
        shape.each(value, [&](const void* element) { write(shape.element(), element); });
        writer_.end_array();
        break;
      case Kind::map:
        writer_.begin_object();
        shape.each_entry(value, [&](std::string_view key, const void* element) {
          writer_.raw_key(Json::string(key).text());
          write(shape.element(), element);
        });
        writer_.end_object();
        break;
      case Kind::optional:
        optional(shape, value);
        break;
      case Kind::object:
        object(shape, value);
        break;
    }
    --depth_;
  }

 private:
  static Error wrong(std::string message) { return Error(ErrorKind::invalid_data, std::move(message)); }

  void number(const Shape& shape, const void* value) {
    const std::string text = shape.get_number(value);
    if (!json::is_number(text)) throw wrong("a number that is not finite has no JSON form");
    writer_.raw(text);
  }
  void raw(const Shape& shape, const void* value) {
    const std::string_view text = shape.get_text(value);
    if (text.empty()) return void(writer_.null());
    if (const std::string fault = json::check(text); !fault.empty()) throw wrong("not JSON: " + fault);
    writer_.raw(text);
  }
  void choice(const Shape& shape, const void* value) {
    const std::int64_t number = shape.get_choice(value);
    for (const auto& [name, known] : shape.choices) {
      if (known == number) return void(writer_.string(name));
    }
    throw wrong("the enumerator " + std::to_string(number) + " of " + shape.name + " has no name");
  }
  void optional(const Shape& shape, const void* value) {
    bool any = false;
    shape.each(value, [&](const void* inside) {
      any = true;
      write(shape.element(), inside);
    });
    if (!any) writer_.null();
  }
  static bool holds_something(const Shape& shape, const void* value) {
    if (shape.kind != Kind::optional) return true;
    bool any = false;
    shape.each(value, [&](const void*) { any = true; });
    return any;
  }
  void object(const Shape& shape, const void* value) {
    writer_.begin_object();
    for (const FieldShape& field : shape.fields) {
      const void* at = field.at(const_cast<void*>(value));
      if (!holds_something(field.shape(), at)) continue;
      writer_.raw_key(Json::string(field.name).text());
      write(field.shape(), at);
    }
    writer_.end_object();
  }

  json::Writer writer_;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<Error> read_described(const Shape& shape, std::string_view text, void* value) {
  if (const std::string fault = json::check(text, most_depth); !fault.empty()) {
    return Error(ErrorKind::invalid_data, "not JSON: " + fault);
  }
  json::Problems problems;
  json::Reader reader;
  // The root of what is read must be a container; a number is a value too.
  std::string wrapped = "[";
  wrapped.append(text).push_back(']');
  reader.read_copy(wrapped, [&](json::Value root) {
    root.elements([&](json::Value only) { ValueReader(problems).read(shape, only, value); });
  });
  if (problems.count() == 0) return std::nullopt;
  return Error(ErrorKind::invalid_data, problems.text()).where(problems.first_place());
}

Json write_described(const Shape& shape, const void* value) {
  std::string out;
  ValueWriter(out).write(shape, value);
  return Json(std::move(out));
}

}  // namespace antiphon::inline v0::detail
