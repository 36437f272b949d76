#include "providers/bedrock_tools.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "core/ascii.hpp"
#include "providers/own_fields.hpp"
#include "providers/request_checks.hpp"
#include "providers/root_object.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

bool has_tool_parts(const Messages& history) {
  for (const Message& message : history) {
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::tool_call || part.kind() == PartKind::tool_result) return true;
    }
  }
  return false;
}

/// Whether the tool loop made the choice, at its limit: its last request asks for an answer without calls.
bool is_choice_of_loop(const Options& options, const Messages& history) {
  const std::optional<ToolLoop>& loop = options.tool_loop();
  if (!loop || loop->at_limit() != AtToolLimit::answer) return false;
  const std::vector<Tool>& tools = options.tools();
  if (std::none_of(tools.begin(), tools.end(), [](const Tool& tool) { return tool.function() != nullptr; }))
    return false;
  const bool after_results = !history.empty() && history[history.size() - 1].role() == Role::tool;
  return after_results || loop->max_steps() == 1;
}

}  // namespace

void BedrockTools::write(const Messages& history, bool can_force) {
  using Kind = ToolChoice::Kind;
  const bool needed = has_tool_parts(history);
  const bool forbidden = options_.tool_choice() && options_.tool_choice()->kind() == Kind::none;
  const std::vector<CarriedTool> tools = carried_tools(options_.tools(), preset_, notes_);
  if (tools.empty() && options_.tool_choice() && !(forbidden && needed)) {
    notes_.cannot_carry("tool_choice", "there are no tools");
  }
  // There is no choice of none: without tools the model calls none.
  if (forbidden && !needed) return;
  if (!needed && tools.empty()) return;
  if (forbidden) {
    constexpr const char* why = "Bedrock needs the tools of the history, and cannot forbid to call them";
    // The user did not ask for it, and must get the answer that the limit allows.
    if (is_choice_of_loop(options_, history)) {
      notes_.mended("tool_choice", why);
    } else {
      notes_.cannot_carry("tool_choice", why);
    }
  }
  writer_.key("toolConfig").begin_object().key("tools").begin_array();
  for (const CarriedTool& carried : tools) {
    if (carried.is_own()) writer_.raw(carried.tool->raw().text());
    if (!carried.is_own()) spec(carried);
  }
  if (tools.empty()) tools_of(history);
  writer_.end_array();
  if (options_.tool_choice() && !forbidden && !tools.empty()) choice(can_force);
  writer_.end_object();
}

/// The history has calls: their tools must be there (providers.md, trap 74).
void BedrockTools::tools_of(const Messages& history) {
  notes_.cannot_carry("tools",
                      "the history has tool calls, which Bedrock takes with tools only: they are made up from it");
  std::set<std::string> names;
  for (const Message& message : history) {
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::tool_call) names.insert(encode_tool_name(part.name()));
    }
  }
  // A result whose call is gone was left out with it.
  if (names.empty()) names.insert("none");
  for (const std::string& name : names) {
    writer_.begin_object().key("toolSpec").begin_object().key("name").string(name);
    writer_.key("inputSchema").begin_object().key("json").raw(R"({"type":"object"})");
    writer_.end_object().end_object().end_object();
  }
}

void BedrockTools::spec(const CarriedTool& carried) {
  const Tool& tool = *carried.tool;
  const std::string place = carried.place();
  const std::string name = offered_tool_name(tool.name(), longest_bedrock_name, place, "Bedrock");
  writer_.begin_object().key("toolSpec").begin_object().key("name").string(name);
  if (!ascii::trim(tool.description()).empty()) writer_.key("description").string(tool.description());
  const ToolSchema sent = schema_of(tool, place);
  writer_.key("inputSchema").begin_object().key("json").raw(sent.schema).end_object();
  if (sent.strict) writer_.key("strict").boolean(*sent.strict);
  const OwnOptions* cached = nullptr;
  for (const OwnOptions& own : tool.own_options()) {
    if (!is_meant_for(own.family(), preset_)) continue;
    for (const auto& [field, value] : own.fields()) {
      check_text(field, [&] { return place; });
      check_json(value.text(), place + "/" + field);
      if (field == "cachePoint") {
        cached = &own;
      } else {
        writer_.key_text(field).raw(value.text());
      }
    }
  }
  writer_.end_object().end_object();
  if (!cached) return;
  for (const auto& [field, value] : cached->fields()) {
    if (field == "cachePoint") writer_.begin_object().key("cachePoint").raw(value.text()).end_object();
  }
}

ToolSchema BedrockTools::schema_of(const Tool& tool, const std::string& place) {
  if (claude_) return claude_->tool_schema(tool, place);
  return ToolSchema{root_object(tool.parameters(), place + "/parameters", notes_), tool.strict()};
}

void BedrockTools::choice(bool can_force) {
  using Kind = ToolChoice::Kind;
  const ToolChoice& asked = *options_.tool_choice();
  Kind kind = asked.kind();
  if (kind != Kind::automatic && !can_force) {
    notes_.cannot_carry("tool_choice", "a model that thinks cannot be made to call a tool; it may choose");
    kind = Kind::automatic;
  }
  writer_.key("toolChoice").begin_object();
  if (kind == Kind::named) {
    writer_.key("tool").begin_object().key("name").string(encode_tool_name(asked.name())).end_object();
  } else {
    writer_.key(kind == Kind::required ? "any" : "auto").raw("{}");
  }
  writer_.end_object();
}

}  // namespace antiphon::inline v0::codec
