#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Reads the flat `tools` of a Responses request, and `tool_choice`.
void read_responses_tools(const RequestObject& request, Ask& ask);

}  // namespace antiphon::inline v0::simulator
