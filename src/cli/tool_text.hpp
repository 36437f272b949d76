#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/json.hpp>

namespace antiphon::cli {

/// What the file of a tool says.
class ToolText {
 public:
  std::string name;
  std::string description;
  Json parameters = R"({"type":"object","properties":{}})";
  std::vector<std::string> command;
  std::chrono::nanoseconds timeout = std::chrono::seconds(60);
  bool confirm = true;
  std::optional<bool> strict;
};

/// Throws `UsageError` that names the file and the place in it.
ToolText read_tool_text(const Json& text, const std::string& path);

}  // namespace antiphon::cli
