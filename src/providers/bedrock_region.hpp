#pragma once

#include <antiphon/json.hpp>

#include "providers/codec.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Moves a target to the region that the option `region`, a JSON string, names; notes it where the address has none.
/// Throws `Error{invalid_request}` for what is no name of one.
void move_to_region(Target& target, const Json& region, RequestNotes& notes);

}  // namespace antiphon::inline v0::codec
