#include "providers/json_members.hpp"

#include "json/reader.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

void write_members(json::Writer& writer, std::string_view object, const std::string& where, const ExtraFields& except) {
  check_json_object(object, where);
  json::Reader reader;
  reader.read_copy(object, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (!except.has(key)) writer.key_text(key).raw(value.raw().value_or("null"));
    });
  });
  if (reader.failed()) throw invalid(where, "not valid JSON: " + reader.error());
}

}  // namespace antiphon::inline v0::codec
