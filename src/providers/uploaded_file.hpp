#pragma once

#include <antiphon/message.hpp>

#include "providers/codec.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

/// What a provider does with the id of a file that was uploaded to it.
enum class FileIds { taken, not_taken };

/// Whether it is an image or document that is given by the id of its file, or a result that holds one.
bool holds_uploaded_file(const Part& part);

/// Whether an image or document is given by the id of its file. Throws `Error{unsupported}` where ids are not taken, or
/// for one of another provider.
bool is_uploaded_file(const Part& part, const Preset& preset, FileIds ids, const PartPlace& place);

}  // namespace antiphon::inline v0::codec
