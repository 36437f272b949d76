#pragma once

#include <string>
#include <vector>

#include <antiphon/options.hpp>

#include "config/cursor.hpp"
#include "config/environment.hpp"

namespace antiphon::inline v0::config {

Options read_options(const Cursor& table, Environment environment);
std::vector<std::string> option_paths();

/// Keys of a tool in `options.tools`.
std::vector<std::string> tool_paths();

}  // namespace antiphon::inline v0::config
