#include "providers/described_answer.hpp"

#include <string_view>

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/json_fields.hpp"

namespace antiphon::inline v0::codec {

std::string schema_with_description(const JsonSchema& schema) {
  const std::string& text = schema.schema().text();
  if (schema.description().empty()) return text;
  std::string made;
  bool is_object = false;
  json::Reader reader;
  const bool good = reader.read_copy(text, [&](json::Value root) {
    is_object = root.type() == json::Type::object;
    const std::string_view own = JsonFields(root).text("description");
    json::Writer writer(made);
    writer.begin_object().key("description");
    writer.string(own.empty() ? schema.description() : schema.description() + "\n\n" + std::string(own));
    root.fields([&](std::string_view key, json::Value value) {
      if (key != "description") writer.key_text(key).raw(value.raw().value_or("null"));
    });
    writer.end_object();
  });
  // `true`, or nested too deep to be looked into.
  return good && is_object ? made : text;
}

}  // namespace antiphon::inline v0::codec
