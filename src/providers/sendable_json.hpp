#pragma once

#include <string_view>

#include "json/writer.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Writes JSON that a model, a tool or a provider wrote, as it is. But for halves of surrogate pairs that stand alone:
/// servers refuse them (providers.md §0.1), so that they are sent as U+FFFD, and told of.
void write_sendable(json::Writer& writer, RequestNotes& notes, std::string_view json, const PartPlace& place);

}  // namespace antiphon::inline v0::codec
