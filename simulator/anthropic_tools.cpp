#include "anthropic_tools.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "anthropic_dialect.hpp"
#include "anthropic_schema.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

/// Tools that the provider defines, with the dates of their versions.
constexpr std::array provider_tools{
    "web_search_20250305",
    "web_search_20260209",
    "web_search_20260318",
    "web_fetch_20250910",
    "web_fetch_20260209",
    "web_fetch_20260309",
    "web_fetch_20260318",
    "code_execution_20250522",
    "code_execution_20250825",
    "code_execution_20260120",
    "code_execution_20260521",
    "bash_20241022",
    "bash_20250124",
    "text_editor_20241022",
    "text_editor_20250124",
    "text_editor_20250429",
    "text_editor_20250728",
    "memory_20250818",
    "computer_20241022",
    "computer_20250124",
    "computer_20251124",
    "computer_toolset_20260801",
    "browser_toolset_20260801",
    "tool_search_tool_regex_20251119",
    "tool_search_tool_bm25_20251119",
    "advisor_20260301",
    "mcp_toolset",
};

/// Those of them that the client carries out.
bool is_for_the_client(std::string_view type) {
  const auto begins = [&](std::string_view with) { return type.substr(0, with.size()) == with; };
  return begins("bash_") || begins("text_editor_") || begins("memory_") || begins("computer_2");
}

class ToolReader {
 public:
  ToolReader(AnthropicPrompt& prompt, Ask& ask) : prompt_(prompt), ask_(ask) {}

  void read(const RequestObject& tool) {
    const std::string type = tool.text("type");
    const bool is_custom = type.empty() || type == "custom";
    const std::string name = is_custom ? read_custom(tool) : read_provided(tool, type);
    if (!name.empty() && !names_.insert(name).second) {
      tool.refuse("name", Problem::other, "Tool names must be unique.");
    }
    prompt_.add(estimated_tokens(json::serialize(tool.json()).size()));
    prompt_.mark(tool);
  }

  const std::set<std::string>& names() const { return names_; }

 private:
  std::string read_custom(const RequestObject& tool) {
    tool.only({"name", "description", "input_schema", "strict", "cache_control", "defer_loading",
               "eager_input_streaming", "input_examples", "allowed_callers", "type"});
    const std::string name = tool.need_text("name");
    if (!is_plain_name(name, 128)) {
      tool.refuse("name", Problem::other, "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
    }
    tool.text("description");
    const RequestObject schema = tool.need_object("input_schema");
    schema.need_word("type", {"object"});
    if (tool.flag("strict").value_or(false)) check_anthropic_schema(schema, optional_properties_);
    ask_.tools.push_back(Tool{name, schema.json(), false});
    return name;
  }

  std::string read_provided(const RequestObject& tool, const std::string& type) {
    if (std::find(provider_tools.begin(), provider_tools.end(), type) == provider_tools.end()) {
      tool.refuse(Problem::other,
                  "Input tag '" + type + "' found using 'type' does not match any of the expected tags");
    }
    const bool is_new_model = ask_.model.find("-5-5") != std::string::npos;
    if (type == "computer_20251124" && is_new_model) {
      tool.refuse("type", Problem::other, "This model does not support " + type + '.');
    }
    if (type == "mcp_toolset") {
      tool.need_text("mcp_server_name");
      return "";
    }
    if (type.find("_toolset_") != std::string::npos) return tool.text("name");
    const std::string name = tool.need_text("name");
    if (is_for_the_client(type)) ask_.tools.push_back(Tool{name, json::object{{"type", "object"}}, false});
    return name;
  }

  AnthropicPrompt& prompt_;
  Ask& ask_;
  std::set<std::string> names_;
  std::uint64_t optional_properties_ = 0;
};

void read_choice(const RequestObject& choice, bool may_force, const std::set<std::string>& names, Ask& ask) {
  const std::string type = choice.need_word("type", {"auto", "any", "tool", "none"});
  if (type == "tool") {
    choice.only({"type", "name", "disable_parallel_tool_use"});
  } else if (type == "none") {
    choice.only({"type"});
  } else {
    choice.only({"type", "disable_parallel_tool_use"});
  }
  choice.flag("disable_parallel_tool_use");
  const bool is_forced = type == "any" || type == "tool";
  if (is_forced && !may_force) {
    choice.refuse("type", Problem::other, "Thinking may not be enabled when tool_choice forces tool use.");
  }
  if (type == "none") ask.tool_use = ToolUse::never;
  if (type == "any") ask.tool_use = ToolUse::any;
  if (type != "tool") return;
  ask.tool_use = ToolUse::named;
  ask.tool_name = choice.need_text("name");
  if (names.count(ask.tool_name) == 0) {
    choice.refuse("name", Problem::other, "Tool '" + ask.tool_name + "' not found in provided tools");
  }
}

}  // namespace

void read_anthropic_tools(const RequestObject& request, bool may_force, AnthropicPrompt& prompt, Ask& ask) {
  ToolReader reader(prompt, ask);
  const std::vector<RequestObject> tools = request.objects("tools");
  for (const RequestObject& tool : tools) reader.read(tool);
  const auto choice = request.object("tool_choice");
  if (!choice) return;
  if (tools.empty()) choice->refuse(Problem::other, "tool_choice may only be specified while providing tools.");
  read_choice(*choice, may_force, reader.names(), ask);
}

}  // namespace antiphon::inline v0::simulator
