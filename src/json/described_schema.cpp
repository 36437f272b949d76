// The JSON Schema of a described type.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/description.hpp>

#include "json/writer.hpp"

namespace antiphon::inline v0::detail {

namespace {

using Kind = Shape::Kind;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool may_be_missing(const FieldShape& field) {
  return field.initial != nullptr || field.shape().kind == Kind::optional;
}

/// One that is not UTF-8 makes the schema no JSON, which the call that uses it reports.
void user_text(json::Writer& writer, std::string_view text) { writer.raw(Json::string(text).text()); }

/// The type inside optionals.
const Shape& inner(const Shape& shape) { return shape.kind == Kind::optional ? inner(shape.element()) : shape; }

class SchemaWriter {
 public:
  SchemaWriter(std::string& out, bool strict) : writer_(out), strict_(strict) {}

  void write(const Shape& root) {
    find_recursive(root);
    root_ = &inner(root);
    writer_.begin_object();
    members(*root_, nullptr, false);
    write_definitions();
    writer_.end_object();
  }

 private:
  /// Finds the structs that hold themselves: only they cannot be written in place.
  void find_recursive(const Shape& shape) {
    if (shape.element) return find_recursive(shape.element());
    if (shape.kind != Kind::object) return;
    if (std::find(open_.begin(), open_.end(), &shape) != open_.end()) {
      if (!is_recursive(shape)) recursive_.push_back(&shape);
      return;
    }
    if (std::find(seen_.begin(), seen_.end(), &shape) != seen_.end()) return;
    open_.push_back(&shape);
    for (const FieldShape& field : shape.fields) find_recursive(field.shape());
    open_.pop_back();
    seen_.push_back(&shape);
  }
  bool is_recursive(const Shape& shape) const {
    return std::find(recursive_.begin(), recursive_.end(), &shape) != recursive_.end();
  }

  /// Two types of one name get different ones.
  std::string definition_name(const Shape& shape) const {
    std::string name = shape.name;
    for (const Shape* other : recursive_) {
      if (other == &shape) break;
      if (other->name == shape.name) name += '_';
    }
    return name;
  }

  void write_definitions() {
    bool any = false;
    for (const Shape* shape : recursive_) {
      if (shape == root_) continue;
      if (!any) writer_.key("$defs").begin_object();
      any = true;
      writer_.key_text(definition_name(*shape)).begin_object();
      members(*shape, nullptr, false);
      writer_.end_object();
    }
    if (any) writer_.end_object();
  }

  void value(const Shape& shape, const FieldShape* field, bool nullable) {
    const Shape& type = inner(shape);
    if (is_recursive(type) || (nullable && type.kind == Kind::json)) return reference(type, field, nullable);
    writer_.begin_object();
    members(type, field, nullable);
    writer_.end_object();
  }

  void reference(const Shape& type, const FieldShape* field, bool nullable) {
    writer_.begin_object();
    if (type.kind == Kind::json) return describe(type, field), void(writer_.end_object());
    describe(type, field);
    const std::string place = &type == root_ ? "#" : "#/$defs/" + definition_name(type);
    if (nullable) writer_.key("anyOf").begin_array().begin_object();
    writer_.key("$ref").string(place);
    if (nullable) writer_.end_object().begin_object().key("type").string("null").end_object().end_array();
    writer_.end_object();
  }

  void members(const Shape& type, const FieldShape* field, bool nullable) {
    if (type.kind != Kind::json) type_name(type.kind, nullable);
    describe(type, field);
    switch (type.kind) {
      case Kind::choice:
        names(type, nullable);
        break;
      case Kind::list:
        writer_.key("items");
        value(type.element(), nullptr, type.element().kind == Kind::optional);
        break;
      case Kind::map:
        writer_.key("additionalProperties");
        value(type.element(), nullptr, type.element().kind == Kind::optional);
        break;
      case Kind::object:
        properties(type);
        break;
      case Kind::integer:
        if (type.least == "0" && !(field && field->least)) writer_.key("minimum").integer(0);
        break;
      default:
        break;
    }
    if (field) limits(type, *field, nullable);
  }

  void type_name(Kind kind, bool nullable) {
    const char* name = "object";
    if (kind == Kind::boolean) name = "boolean";
    if (kind == Kind::integer) name = "integer";
    if (kind == Kind::number) name = "number";
    if (kind == Kind::text || kind == Kind::choice) name = "string";
    if (kind == Kind::list) name = "array";
    writer_.key("type");
    if (nullable) {
      writer_.begin_array().string(name).string("null").end_array();
    } else {
      writer_.string(name);
    }
  }

  void describe(const Shape& type, const FieldShape* field) {
    const std::string& text = field && !field->description.empty() ? field->description : type.description;
    if (!text.empty()) user_text(writer_.key("description"), text);
  }

  void names(const Shape& type, bool nullable) {
    writer_.key("enum").begin_array();
    for (const auto& [name, value] : type.choices) user_text(writer_, name);
    if (nullable) writer_.null();
    writer_.end_array();
  }

  void properties(const Shape& type) {
    writer_.key("properties").begin_object();
    for (const FieldShape& field : type.fields) {
      writer_.raw_key(Json::string(field.name).text());
      value(field.shape(), &field, strict_ && may_be_missing(field));
    }
    writer_.end_object();
    const auto required = [&](const FieldShape& field) { return strict_ || !may_be_missing(field); };
    if (std::any_of(type.fields.begin(), type.fields.end(), required)) {
      writer_.key("required").begin_array();
      for (const FieldShape& field : type.fields) {
        if (required(field)) user_text(writer_, field.name);
      }
      writer_.end_array();
    }
    writer_.key("additionalProperties").boolean(false);
  }

  void limit(const char* name, const std::optional<double>& value) {
    if (!value) return;
    writer_.key(name);
    if (std::abs(*value) < 1e15 && std::trunc(*value) == *value) {
      writer_.integer(static_cast<std::int64_t>(*value));
    } else {
      writer_.number(*value);
    }
  }

  void limits(const Shape& type, const FieldShape& field, bool nullable) {
    const bool text = type.kind == Kind::text;
    const bool list = type.kind == Kind::list;
    const bool map = type.kind == Kind::map;
    const char* least = text ? "minLength" : list ? "minItems" : map ? "minProperties" : "minimum";
    const char* most = text ? "maxLength" : list ? "maxItems" : map ? "maxProperties" : "maximum";
    limit(least, field.least);
    limit(most, field.most);
    if (text && !field.one_of.empty()) {
      writer_.key("enum").begin_array();
      for (const std::string& one : field.one_of) user_text(writer_, one);
      if (nullable) writer_.null();
      writer_.end_array();
    }
    if (field.initial) writer_.key("default").raw(write_described(field.shape(), field.initial.get()).text());
  }

  json::Writer writer_;
  bool strict_;
  const Shape* root_ = nullptr;
  std::vector<const Shape*> open_;
  std::vector<const Shape*> seen_;
  std::vector<const Shape*> recursive_;
};

}  // namespace

std::string plain_type_name(const char* function) {
  // "… type_name() [with T = app::Where; …]" of g++, "… type_name() [T = app::Where]" of clang.
  std::string_view text(function);
  const std::size_t start = text.find("T = ");
  if (start == std::string_view::npos) return "type";
  text.remove_prefix(start + 4);
  text = text.substr(0, text.find_first_of(";]<"));
  const std::size_t colons = text.rfind("::");
  if (colons != std::string_view::npos) text.remove_prefix(colons + 2);
  std::string name;
  for (const char c : text) {
    if (is_word(c)) name += c;
  }
  return name.empty() ? "type" : name;
}

Json schema_of(const Shape& shape, bool strict) {
  std::string out;
  SchemaWriter(out, strict).write(shape);
  return Json(std::move(out));
}

}  // namespace antiphon::inline v0::detail
