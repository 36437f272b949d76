#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::simulator {

namespace json = boost::json;

/// Parses with room for deep schemas. Throws `boost::system::system_error`.
json::value parse_json(std::string_view text);

/// The same; nothing for what is no JSON.
std::optional<json::value> json_if_any(std::string_view text);

/// Member of an object; null when there is none, or when it is null.
const json::value* member(const json::object& object, std::string_view name);

/// Text of a member; empty when it is no text.
std::string text_member(const json::object& object, std::string_view name);

/// Appends `text` as a JSON string.
void append_quoted(std::string& out, std::string_view text);

/// Appends `"name":"text"`, with a comma before it where one belongs.
void append_member(std::string& out, std::string_view name, std::string_view text);

/// `"name":"text"`
std::string quoted_member(std::string_view name, std::string_view text);

}  // namespace antiphon::inline v0::simulator
