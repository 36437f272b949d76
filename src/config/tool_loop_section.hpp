#pragma once

#include <string>
#include <vector>

#include <antiphon/tool_loop.hpp>

#include "config/cursor.hpp"

namespace antiphon::inline v0::config {

ToolLoop read_tool_loop(const Cursor& table);
std::vector<std::string> tool_loop_paths();

}  // namespace antiphon::inline v0::config
