#include "gemini_names.hpp"

#include <algorithm>
#include <array>

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::array<std::string_view, 7> free_form{
    "args", "response", "parametersJsonSchema", "responseJsonSchema", "labels", "example", "default"};

std::string camel_name(std::string_view snake) {
  std::string out;
  bool starts_word = false;
  for (const char c : snake) {
    if (c == '_' && !out.empty()) {
      starts_word = true;
      continue;
    }
    const bool is_small = c >= 'a' && c <= 'z';
    out += starts_word && is_small ? static_cast<char>(c - 'a' + 'A') : c;
    starts_word = false;
  }
  return out;
}

void convert(json::value& value, bool has_free_names) {
  if (value.is_array()) {
    for (json::value& item : value.get_array()) convert(item, false);
  }
  if (!value.is_object()) return;
  json::object out(value.storage());
  for (auto& item : value.get_object()) {
    const std::string_view key(item.key());
    const std::string name = has_free_names ? std::string(key) : camel_name(key);
    const bool is_free = !has_free_names && std::find(free_form.begin(), free_form.end(), name) != free_form.end();
    json::value& copy = out[name] = std::move(item.value());
    if (!is_free) convert(copy, !has_free_names && name == "properties");
  }
  value = std::move(out);
}

}  // namespace

void to_camel_names(json::value& request) { convert(request, false); }

std::string snake_name(std::string_view camel) {
  std::string out;
  for (const char c : camel) {
    const bool is_large = c >= 'A' && c <= 'Z';
    if (is_large) out += '_';
    out += is_large ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace antiphon::inline v0::simulator
