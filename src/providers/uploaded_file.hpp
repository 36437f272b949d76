#pragma once

#include <antiphon/message.hpp>

#include "providers/codec.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

/// Whether it is an image or document that is given by the id of its file, or a result that holds one.
bool holds_uploaded_file(const Part& part);

/// Whether an image or document is given by the id of its file, where such ids are taken. Throws `Error{unsupported}`
/// for a file that another provider has.
bool is_uploaded_file(const Part& part, const Preset& preset, const PartPlace& place);

/// Throws `Error{unsupported}` for one that is, where such ids are not taken.
void refuse_uploaded_file(const Part& part, const Preset& preset, const PartPlace& place);

}  // namespace antiphon::inline v0::codec
