#include "json.hpp"

namespace antiphon::inline v0::simulator {

json::value parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 256;
  return json::parse(json::string_view(text.data(), text.size()), {}, options);
}

const json::value* member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
  return value && !value->is_null() ? value : nullptr;
}

std::string text_member(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace antiphon::inline v0::simulator
