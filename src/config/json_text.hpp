#pragma once

#include <string>

#include "config/cursor.hpp"

namespace antiphon::inline v0::config {

/// A value as JSON. Throws `Error{invalid_config}` at a value that JSON has no form for: a date, `nan`, `inf`.
std::string to_json(const Cursor& value);
/// A table as JSON, or JSON as text, which must be an object.
std::string json_object(const Cursor& value);

}  // namespace antiphon::inline v0::config
