#pragma once

#include <antiphon/tool_loop.hpp>

namespace antiphon::cli {

/// Asks at the terminal whether a tool may be run; whatever standard input is. Without a terminal nobody can be asked,
/// and the call is refused.
Approval confirm(const ToolCall& call);

}  // namespace antiphon::cli
