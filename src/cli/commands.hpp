#pragma once

#include <string>
#include <vector>

#include "context.hpp"
#include "exit_status.hpp"

namespace antiphon::cli {

/// What was typed behind the command's name.
using Arguments = std::vector<std::string>;

// Each throws `UsageError` for wrong usage, and `Error`.
ExitStatus chat_command(Context& context, const Arguments& arguments);
ExitStatus embed_command(Context& context, const Arguments& arguments);
ExitStatus models_command(Context& context, const Arguments& arguments);
ExitStatus encode_command(Context& context, const Arguments& arguments);
ExitStatus decode_command(Context& context, const Arguments& arguments);
ExitStatus config_command(Context& context, const Arguments& arguments);
ExitStatus simulate_command(Context& context, const Arguments& arguments);

}  // namespace antiphon::cli
