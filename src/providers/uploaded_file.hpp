#pragma once

#include <antiphon/message.hpp>

#include "providers/codec.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Whether a place in a request takes ids of files.
enum class FileIds { taken, refused };

/// Whether it is an image or document that is given by the id of its file.
bool is_uploaded_file(const Part& part);

/// Whether it is one that this provider has, or a result that holds one.
bool holds_uploaded_file(const Part& part, const Preset& preset);

/// False for one that another provider has, or that is given by an id where none are taken: it is left out, and noted.
/// True for every other part.
bool carries_file_id(RequestNotes& notes, const Part& part, const Preset& preset, const PartPlace& place, FileIds ids);

}  // namespace antiphon::inline v0::codec
