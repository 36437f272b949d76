#include "providers/openai_flat_forms.hpp"

#include <optional>

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/json_fields.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

void write_flat(json::Writer& writer, Value value);

void write_members(json::Writer& writer, Value object, std::string_view except) {
  object.fields([&](std::string_view key, Value value) {
    if (key == except) return;
    writer.key_text(key);
    if (key == "format" || key == "tools") {
      write_flat(writer, value);
    } else {
      writer.raw(value.raw().value_or("null"));
    }
  });
}

void write_flat(json::Writer& writer, Value value) {
  if (value.type() == Type::array) {
    writer.begin_array();
    value.elements([&](Value element) { write_flat(writer, element); });
    writer.end_array();
    return;
  }
  if (value.type() != Type::object) {
    writer.raw(value.raw().value_or("null"));
    return;
  }
  const JsonFields fields(value);
  const std::string type(fields.text("type"));
  const std::optional<Value> inner = fields.find(type);
  const bool nested = !type.empty() && inner && inner->type() == Type::object;
  writer.begin_object();
  write_members(writer, value, nested ? std::string_view(type) : std::string_view());
  if (nested) write_members(writer, *inner, {});
  writer.end_object();
}

/// The name of a kind of part here; empty when there is none.
std::string_view flat_name(std::string_view type) {
  if (type == "text") return "input_text";
  if (type == "image_url") return "input_image";
  if (type == "file") return "input_file";
  return {};
}

}  // namespace

std::string flat_part(std::string_view json) {
  std::string flat;
  json::Writer writer(flat);
  json::Reader reader;
  bool known = false;
  reader.read_copy(json, [&](Value root) {
    const JsonFields fields(root);
    const std::string type(fields.text("type"));
    const std::string_view name = flat_name(type);
    const std::optional<Value> inner = fields.find(type);
    known = !name.empty() && inner;
    if (!known) return;
    writer.begin_object().key("type").string(name);
    root.fields([&](std::string_view key, Value value) {
      if (key == "type") return;
      const bool holds = key == type && value.type() == Type::object;
      if (!holds) return void(writer.key_text(key).raw(value.raw().value_or("null")));
      // The picture's URL has the name of what held it.
      value.fields([&](std::string_view member, Value each) {
        writer.key_text(key == "image_url" && member == "url" ? key : member).raw(each.raw().value_or("null"));
      });
    });
    writer.end_object();
  });
  return known && !reader.failed() ? flat : std::string();
}

std::vector<OwnOptions> flat_own_fields(const std::vector<OwnOptions>& own) {
  std::vector<OwnOptions> flat;
  for (const OwnOptions& options : own) {
    if (options.family() != "openai-chat") continue;
    OwnOptions& here = flat.emplace_back("openai-responses");
    for (const auto& [name, value] : options.fields()) {
      if (name != "function") {
        here.set(name, value);
        continue;
      }
      json::Reader reader;
      reader.read_copy(value.text(), [&](Value root) {
        root.fields([&](std::string_view key, Value each) {
          here.set(std::string(key), Json(std::string(each.raw().value_or("null"))));
        });
      });
    }
  }
  return flat;
}

std::string flat_tools(std::string_view json) {
  std::string flat;
  json::Writer writer(flat);
  json::Reader reader;
  const bool read = reader.read_copy(json, [&](Value root) { write_flat(writer, root); });
  return read ? flat : std::string(json);
}

}  // namespace antiphon::inline v0::codec
