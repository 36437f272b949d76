#pragma once

#include <antiphon/message.hpp>

#include "json/writer.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// The arguments of a call for a protocol that takes an object (providers.md, trap 69): what is none is noted, and sent
/// as a text inside one. So is what no server takes of an object.
void write_arguments_object(json::Writer& writer, RequestNotes& notes, const Part& call, const PartPlace& place);

}  // namespace antiphon::inline v0::codec
