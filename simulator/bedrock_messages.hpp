#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Reads `messages` and `system` into `ask`. Throws `Failure`.
void read_bedrock_messages(const RequestObject& request, Ask& ask);

/// What a signature under reasoning that is hidden is made of.
inline constexpr std::string_view signed_hidden = "hidden";

}  // namespace antiphon::inline v0::simulator
