#pragma once

#include "gemini_contents.hpp"

namespace antiphon::inline v0::simulator {

/// Reads `tools` and `toolConfig` into `ask`. Throws `Failure`.
void read_gemini_tools(const RequestObject& request, const GeminiReading& reading, Ask& ask);

}  // namespace antiphon::inline v0::simulator
