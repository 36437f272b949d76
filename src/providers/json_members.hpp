#pragma once

#include <string>
#include <string_view>

#include "json/writer.hpp"
#include "providers/extra_fields.hpp"

namespace antiphon::inline v0::codec {

/// Writes the members of a JSON object, byte for byte, into the object that the writer is in, but for those that
/// `except` has. Throws `Error{invalid_request}` at `where` when it is none.
void write_members(json::Writer& writer, std::string_view object, const std::string& where, const ExtraFields& except);

}  // namespace antiphon::inline v0::codec
