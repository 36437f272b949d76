#include "providers/extra_fields.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

// Fields are looked up one by one.
constexpr std::size_t most_fields = 1000;

}  // namespace

void ExtraFields::set(std::string name, std::string value) {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == name; });
  if (found != fields_.end()) {
    found->second = std::move(value);
  } else if (fields_.size() == most_fields) {
    throw invalid("extra", "more than " + std::to_string(most_fields) + " fields");
  } else {
    fields_.emplace_back(std::move(name), std::move(value));
  }
}

void ExtraFields::add(const std::string& name, const Json& value) {
  check_text(name, [] { return std::string("option"); });
  check_json(value.text(), name);
  set(name, std::string(ascii::trim(value.text())));
}

void ExtraFields::add_all(const Json& object, const std::string& where) {
  check_json_object(object.text(), where);
  json::Reader reader;
  reader.read_copy(object.text(), [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      set(std::string(key), std::string(value.raw().value_or("null")));
    });
  });
  if (reader.failed()) throw invalid(where, "not valid JSON: " + reader.error());
}

const std::string* ExtraFields::find(std::string_view name) const {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == name; });
  return found == fields_.end() ? nullptr : &found->second;
}

std::string ExtraFields::take(std::string_view name) {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == name; });
  if (found == fields_.end()) return {};
  std::string value = std::move(found->second);
  fields_.erase(found);
  return value;
}

void ExtraFields::write(json::Writer& writer) const {
  for (const auto& [name, value] : fields_) writer.key_text(name).raw(value);
}

}  // namespace antiphon::inline v0::codec
