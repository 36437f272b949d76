#include "config/json_text.hpp"

#include <cmath>

#include "config/reading.hpp"
#include "core/ascii.hpp"
#include "json/check.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0::config {

namespace {

void write(json::Writer& writer, const Cursor& value) {
  const Node& node = value.node();
  if (const Table* table = node.as<Table>()) {
    writer.begin_object();
    for (const Entry& entry : *table) {
      writer.key_text(entry.key);
      write(writer, Cursor(value, entry));
    }
    writer.end_object();
  } else if (const Array* array = node.as<Array>()) {
    writer.begin_array();
    for (std::size_t i = 0; i < array->size(); ++i) write(writer, Cursor(value, i, (*array)[i]));
    writer.end_array();
  } else if (const std::string* text = node.as<std::string>()) {
    writer.string(*text);
  } else if (const std::int64_t* integer = node.as<std::int64_t>()) {
    writer.integer(*integer);
  } else if (const bool* boolean = node.as<bool>()) {
    writer.boolean(*boolean);
  } else if (const double* number = node.as<double>(); number && std::isfinite(*number)) {
    writer.number(*number);
  } else {
    value.refuse("JSON has no form for this value");
  }
}

}  // namespace

std::string to_json(const Cursor& value) {
  std::string text;
  json::Writer writer(text);
  write(writer, value);
  return text;
}

std::string json_object(const Cursor& value) {
  const std::string* text = value.node().as<std::string>();
  if (!text) {
    table_of(value);
    return to_json(value);
  }
  if (const std::string fault = json::check(*text); !fault.empty()) value.refuse("not valid JSON: " + fault);
  if (!ascii::trim(*text).starts_with('{')) value.refuse("must be a JSON object");
  return *text;
}

}  // namespace antiphon::inline v0::config
