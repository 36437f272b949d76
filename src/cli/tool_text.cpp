#include "tool_text.hpp"

#include <antiphon/description.hpp>
#include <antiphon/duration.hpp>

#include "usage_error.hpp"

namespace antiphon::cli {

/// As it is written, the time in words.
class WrittenTool : public ToolText {
 public:
  std::string timeout_text = "60s";
};

static void describe(Fields<WrittenTool>& fields) {
  fields.field("name", &WrittenTool::name).at_least(1);
  fields.field("description", &WrittenTool::description);
  fields.field("parameters", &WrittenTool::parameters).keeps_default();
  fields.field("command", &WrittenTool::command).at_least(1);
  fields.field("timeout", &WrittenTool::timeout_text).keeps_default();
  fields.field("confirm", &WrittenTool::confirm).keeps_default();
  fields.field("strict", &WrittenTool::strict);
}

ToolText read_tool_text(const Json& text, const std::string& path) {
  Result<WrittenTool> read = try_read_json<WrittenTool>(text);
  if (!read) throw UsageError("--tool " + path + ": " + read.error().message());
  const std::optional<std::chrono::nanoseconds> timeout = parse_duration(read->timeout_text);
  if (!timeout || timeout->count() <= 0) {
    throw UsageError("--tool " + path + ": /timeout: expected a duration such as 30s or 500ms, got \"" +
                     read->timeout_text + "\"");
  }
  read->timeout = *timeout;
  return *read;
}

}  // namespace antiphon::cli
