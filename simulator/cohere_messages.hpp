#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Reads `messages` into `ask`. Throws `Failure`.
void read_cohere_messages(const RequestObject& request, Ask& ask);

}  // namespace antiphon::inline v0::simulator
