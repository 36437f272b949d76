#include "tool_file.hpp"

#include <chrono>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <antiphon/description.hpp>
#include <antiphon/duration.hpp>
#include <antiphon/tool_function.hpp>

#include "child_process.hpp"
#include "input.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {

/// The file as it is written.
class ToolText {
 public:
  std::string name;
  std::string description;
  Json parameters = R"({"type":"object","properties":{}})";
  std::vector<std::string> command;
  std::string timeout = "60s";
  bool confirm = true;
  std::optional<bool> strict;
};

static void describe(Fields<ToolText>& fields) {
  fields.field("name", &ToolText::name).at_least(1);
  fields.field("description", &ToolText::description);
  fields.field("parameters", &ToolText::parameters).keeps_default();
  fields.field("command", &ToolText::command).at_least(1);
  fields.field("timeout", &ToolText::timeout).keeps_default();
  fields.field("confirm", &ToolText::confirm).keeps_default();
  fields.field("strict", &ToolText::strict);
}

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

ToolText read(const std::string& path) {
  const Result<ToolText> text = try_read_json<ToolText>(Json(read_input(path)));
  if (!text) throw UsageError("--tool " + path + ": " + text.error().message());
  return *text;
}

std::chrono::nanoseconds timeout_of(const ToolText& text, const std::string& path) {
  const std::optional<std::chrono::nanoseconds> timeout = parse_duration(text.timeout);
  if (timeout && timeout->count() > 0) return *timeout;
  throw UsageError("--tool " + path + ": /timeout: expected a duration such as 30s or 500ms, got \"" + text.timeout +
                   "\"");
}

}  // namespace

ToolFile::ToolFile(const std::string& path) : tool_("", "") {
  ToolText text = read(path);
  const auto command = [words = text.command](const Json&, const ToolCall& call) { return run(words, call); };
  tool_ = antiphon::tool(text.name, text.description, text.parameters, command);
  tool_.timeout(timeout_of(text, path));
  if (text.strict) tool_.strict(*text.strict);
  confirm_ = text.confirm;
}

}  // namespace antiphon::cli
