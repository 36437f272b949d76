#pragma once

#include <string>

#include "json/reader.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

/// A text of an OpenAI Chat request. Throws `Error{invalid_request}` that names the place when it is none.
inline std::string string_at(json::Value value, const std::string& place) {
  const auto text = value.string();
  if (!text) throw invalid(place, "must be a string");
  return std::string(*text);
}

}  // namespace antiphon::inline v0::codec
