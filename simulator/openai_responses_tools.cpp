#include "openai_responses_tools.hpp"

#include <algorithm>
#include <array>

#include "openai_dialect.hpp"
#include "openai_strict_schema.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::array hosted_tools{
    "namespace",
    "tool_search",
    "web_search",
    "web_search_preview",
    "web_search_preview_2025_03_11",
    "file_search",
    "code_interpreter",
    "image_generation",
    "mcp",
    "computer",
    "computer_use",
    "computer_use_preview",
    "shell",
    "local_shell",
    "apply_patch",
    "programmatic_tool_calling",
};

bool is_hosted(const std::string& type) {
  return std::find(hosted_tools.begin(), hosted_tools.end(), type) != hosted_tools.end();
}

std::string name_of_tool(const RequestObject& tool) {
  std::string name = tool.need_text("name");
  if (!is_plain_name(name)) tool.refuse("name", Problem::value, "1 to 64 letters, digits, '_' and '-'");
  return name;
}

void read_function(const RequestObject& tool, Ask& ask) {
  tool.only({"type", "name", "description", "parameters", "strict", "output_schema", "defer_loading", "allowed_callers",
             "async"});
  const std::string name = name_of_tool(tool);
  if (!tool.json().contains("parameters")) tool.refuse("parameters", Problem::missing, "");
  const auto parameters = tool.object("parameters");
  if (tool.flag("strict").value_or(false)) {
    if (!parameters) tool.refuse("parameters", Problem::type, "an object");
    check_strict_schema(*parameters, "function '" + name + "'", "invalid_function_parameters");
  }
  const json::value none(json::object{{"type", "object"}});
  ask.tools.push_back(Tool{name, parameters ? json::value(parameters->json()) : none, false});
}

void read_custom(const RequestObject& tool, Ask& ask) {
  tool.only({"type", "name", "description", "format", "defer_loading", "allowed_callers"});
  if (const auto format = tool.object("format")) {
    if (format->need_word("type", {"text", "grammar"}) == "grammar") {
      format->need_text("definition");
      format->need_word("syntax", {"lark", "regex"});
    }
  }
  ask.tools.push_back(Tool{name_of_tool(tool), nullptr, true});
}

void read_responses_tool(const RequestObject& tool, Ask& ask) {
  const std::string type = tool.need_text("type");
  if (type == "function") {
    read_function(tool, ask);
  } else if (type == "custom") {
    read_custom(tool, ask);
  } else if (!is_hosted(type)) {
    tool.refuse("type", Problem::value, "'function', 'custom' and the hosted tools");
  }
  ask.prompt_tokens += estimated_tokens(json::serialize(tool.json()).size());
}

void read_named_choice(const RequestObject& choice, Ask& ask) {
  const std::string type = choice.need_text("type");
  if (type == "allowed_tools") {
    if (choice.need_word("mode", {"auto", "required"}) == "required") ask.tool_use = ToolUse::any;
    choice.need("tools");
    choice.objects("tools");
    return;
  }
  if (is_hosted(type)) return;
  if (type != "function" && type != "custom") choice.refuse("type", Problem::value, "'function', 'custom' and others");
  ask.tool_use = ToolUse::named;
  ask.tool_name = choice.need_text("name");
  const bool is_there = std::any_of(ask.tools.begin(), ask.tools.end(), [&](const Tool& tool) {
    return tool.name == ask.tool_name && tool.is_custom == (type == "custom");
  });
  if (!is_there) throw openai_refusal("Tool choice '" + ask.tool_name + "' not found in 'tools'.", "tool_choice");
}

}  // namespace

void read_responses_tools(const RequestObject& request, Ask& ask) {
  const std::vector<RequestObject> tools = request.objects("tools");
  for (const RequestObject& tool : tools) read_responses_tool(tool, ask);
  const json::value* choice = request.find("tool_choice");
  if (!choice) return;
  if (tools.empty() && !(choice->is_string() && choice->get_string() != "required")) {
    throw openai_refusal("'tool_choice' needs 'tools'.", "tool_choice");
  }
  if (!choice->is_string()) return read_named_choice(request.need_object("tool_choice"), ask);
  const std::string word = request.word("tool_choice", {"none", "auto", "required"});
  if (word == "none") ask.tool_use = ToolUse::never;
  if (word == "required") ask.tool_use = ToolUse::any;
}

}  // namespace antiphon::inline v0::simulator
