#pragma once

#include "anthropic_cache.hpp"

namespace antiphon::inline v0::simulator {

/// Reads `tools` and `tool_choice`. `may_force`: a choice may make the model call a tool.
void read_anthropic_tools(const RequestObject& request, bool may_force, AnthropicPrompt& prompt, Ask& ask);

}  // namespace antiphon::inline v0::simulator
