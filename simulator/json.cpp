#include "json.hpp"

#include <algorithm>

namespace antiphon::inline v0::simulator {
namespace {

json::parse_options with_depth() {
  json::parse_options options;
  options.max_depth = 256;
  return options;
}

}  // namespace

json::value parse_json(std::string_view text) {
  return json::parse(json::string_view(text.data(), text.size()), {}, with_depth());
}

std::optional<json::value> json_if_any(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, with_depth());
  if (error) return std::nullopt;
  return value;
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
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; };
  out += '"';
  while (!text.empty()) {
    const auto special = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(special - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += "\\u00";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[static_cast<unsigned char>(c) & 15];
    }
  }
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  const bool is_first = out.empty() || out.back() == '{' || out.back() == ',';
  if (!is_first) out += ',';
  append_quoted(out, name);
  out += ':';
  append_quoted(out, text);
}

std::string quoted_member(std::string_view name, std::string_view text) {
  std::string out;
  append_member(out, name, text);
  return out;
}

}  // namespace antiphon::inline v0::simulator
