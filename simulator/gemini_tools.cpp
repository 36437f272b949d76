#include "gemini_tools.hpp"

#include <algorithm>

#include "gemini_errors.hpp"
#include "gemini_schema.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

bool is_function_name(std::string_view name) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  return !name.empty() && name.size() <= 128 && letters.find(name.front()) != std::string_view::npos &&
         has_only(name, "_.:-");
}

/// Older models take no object without properties.
void check_properties(const RequestObject& parameters, const GeminiReading& reading) {
  const auto properties = parameters.object("properties");
  const bool is_older = reading.generation > 0 && reading.generation < 3;
  if (is_older && properties && properties->json().empty()) {
    throw gemini_failure(400, "* " + parameters.place() + ".properties: should be non-empty for OBJECT type");
  }
}

json::value read_parameters(const RequestObject& declaration, const GeminiReading& reading) {
  const auto parameters = declaration.object("parameters");
  const json::value* schema = declaration.find("parametersJsonSchema");
  if (parameters && schema) {
    declaration.refuse(Problem::other, "Only one of parameters and parameters_json_schema may be set.");
  }
  if (schema) return *schema;
  if (!parameters) return json::object{{"type", "object"}};
  check_gemini_schema(*parameters);
  check_properties(*parameters, reading);
  return json_schema_of(parameters->json());
}

void read_declaration(const RequestObject& declaration, const GeminiReading& reading, Ask& ask) {
  declaration.only(
      {"name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema", "behavior"});
  const std::string name = declaration.need_text("name");
  if (!is_function_name(name)) {
    declaration.refuse("name", Problem::value,
                       "a letter or an underscore, then letters, digits and _ . : -, at most 128");
  }
  if (ask.has_tool(name)) throw gemini_failure(400, "Duplicate function declaration found: " + name);
  declaration.text("description");
  ask.tools.push_back(Tool{name, read_parameters(declaration, reading)});
  ask.prompt_tokens += estimated_tokens(json::serialize(declaration.json()).size());
}

void read_function_calling(const RequestObject& request, const GeminiReading& reading, Ask& ask) {
  const auto config = request.object("toolConfig");
  if (!config) return;
  config->only({"functionCallingConfig", "retrievalConfig", "includeServerSideToolInvocations"});
  const auto calling = config->object("functionCallingConfig");
  if (!calling) return;
  if (reading.is_vertex) {
    calling->only({"mode", "allowedFunctionNames", "streamFunctionCallArguments"});
  } else {
    calling->only({"mode", "allowedFunctionNames"});
  }
  const std::string mode = calling->word("mode", {"MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"});
  const std::vector<std::string> allowed = calling->texts("allowedFunctionNames");
  if (!allowed.empty() && mode != "ANY" && mode != "VALIDATED") {
    throw gemini_failure(400,
                         "Allowed function names may only be set when the function calling mode is ANY or VALIDATED.");
  }
  for (const std::string& name : allowed) {
    if (!ask.has_tool(name)) throw gemini_failure(400, "Allowed function name '" + name + "' is not declared.");
  }
  if (!allowed.empty()) {
    std::erase_if(ask.tools, [&](const Tool& tool) {
      return std::find(allowed.begin(), allowed.end(), tool.name) == allowed.end();
    });
  }
  if (mode == "ANY" && ask.tools.empty()) {
    throw gemini_failure(400, "Function calling mode ANY needs function declarations.");
  }
  ask.tool_use = mode == "NONE" ? ToolUse::never : mode == "ANY" ? ToolUse::any : ToolUse::automatic;
  if (calling->flag("streamFunctionCallArguments").value_or(false)) ask.settings["stream_arguments"] = true;
}

}  // namespace

void read_gemini_tools(const RequestObject& request, const GeminiReading& reading, Ask& ask) {
  bool has_own_tools = false;
  for (const RequestObject& tool : request.objects("tools")) {
    tool.only({"functionDeclarations", "googleSearch", "googleSearchRetrieval", "urlContext", "codeExecution",
               "googleMaps", "fileSearch", "computerUse", "retrieval", "enterpriseWebSearch"});
    for (const RequestObject& declaration : tool.objects("functionDeclarations")) {
      read_declaration(declaration, reading, ask);
    }
    has_own_tools |= !tool.has("functionDeclarations");
  }
  const bool is_older = reading.generation > 0 && reading.generation < 3;
  if (has_own_tools && !ask.tools.empty() && is_older) {
    throw gemini_failure(400, "Tool use with function calling is unsupported by this model.");
  }
  read_function_calling(request, reading, ask);
}

}  // namespace antiphon::inline v0::simulator
