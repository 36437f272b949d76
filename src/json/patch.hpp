#pragma once

#include <string>
#include <string_view>

namespace antiphon::inline v0::json {

/// Puts `value` into a JSON text at `pointer` (RFC 6901): takes the place of what is there, else becomes a new field;
/// objects on the way are made, `-` or the length appends to an array. Everything else keeps its bytes. `value` must be
/// JSON. Throws `Error{invalid_request}` at the pointer when it leads through something that is neither object nor array.
std::string set_at(const std::string& text, std::string_view pointer, std::string_view value);

}  // namespace antiphon::inline v0::json
