#include "tool_file.hpp"

#include <cstddef>
#include <system_error>
#include <vector>

#include <antiphon/tool_function.hpp>

#include "child_process.hpp"
#include "input.hpp"
#include "tool_text.hpp"

namespace antiphon::cli {

namespace {

constexpr std::size_t most_output = std::size_t{256} << 10;

std::string failure_of(const ChildResult& result) {
  std::string text = "the command failed with status " + std::to_string(result.status);
  if (!result.err.empty()) text += ": " + result.err;
  if (!result.out.empty()) text += "\n" + result.out;
  return text;
}

ToolResult run(const std::vector<std::string>& command, const ToolCall& call) {
  ChildResult result;
  try {
    result = run_child(command, call.arguments().text(), most_output, call.stop_token());
  } catch (const std::system_error& error) {
    return ToolResult::error("the command could not be run: " + std::string(error.what()));
  }
  if (result.stopped) return ToolResult::error("the command was ended");
  if (result.status != 0) return ToolResult::error(failure_of(result));
  if (result.lost > 0) result.out += "\n[cut: " + std::to_string(result.lost) + " more bytes]";
  // What `echo` adds is not meant.
  result.out.erase(result.out.find_last_not_of("\r\n") + 1);
  return result.out;
}

}  // namespace

ToolFile::ToolFile(const std::string& path) : tool_("", "") {
  const ToolText text = read_tool_text(Json(read_input(path)), path);
  const auto command = [words = text.command](const Json&, const ToolCall& call) { return run(words, call); };
  tool_ = antiphon::tool(text.name, text.description, text.parameters, command);
  tool_.timeout(text.timeout);
  if (text.strict) tool_.strict(*text.strict);
  confirm_ = text.confirm;
}

}  // namespace antiphon::cli
