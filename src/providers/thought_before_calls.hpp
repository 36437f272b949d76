#pragma once

#include <string_view>

#include <antiphon/message.hpp>

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// Whether each call since the user last said something was made behind a thought, which goes back as `field`, a field
/// of its message (providers.md §6.4).
bool thought_before_calls(const Messages& messages, const Preset& preset, std::string_view field);

}  // namespace antiphon::inline v0::codec
