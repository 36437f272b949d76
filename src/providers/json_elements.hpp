#pragma once

#include <string>

#include <antiphon/json.hpp>

namespace antiphon::inline v0::codec {

/// Appends what stands in a user's JSON array to `elements`, with commas, so that several arrays become one. Throws
/// `Error{invalid_request}` at `where` when it is none.
void append_elements(std::string& elements, const Json& array, const std::string& where);

}  // namespace antiphon::inline v0::codec
