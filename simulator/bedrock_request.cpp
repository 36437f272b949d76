#include "bedrock_request.hpp"

#include "bedrock_errors.hpp"
#include "bedrock_messages.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t most_bedrock_tokens = 1u << 30;

void read_tool(const RequestObject& spec, Ask& ask) {
  const std::string name = spec.need_text("name");
  if (!is_plain_name(name)) spec.refuse("name", Problem::value, "1 to 64 of [a-zA-Z0-9_-]");
  if (ask.has_tool(name)) refuse_bedrock("The toolConfig has more than one tool with the name " + name + '.');
  if (spec.has("description")) spec.need_text("description");
  const RequestObject schema = spec.need_object("inputSchema").need_object("json");
  if (schema.text("type") != "object") refuse_bedrock("The value at " + schema.place("type") + " must be object.");
  spec.flag("strict");
  ask.tools.push_back(Tool{name, schema.json()});
  ask.prompt_tokens += estimated_tokens(json::serialize(spec.json()).size());
}

void read_choice(const RequestObject& config, Ask& ask) {
  const auto choice = config.object("toolChoice");
  if (!choice) return;
  const int kinds = int{choice->has("auto")} + int{choice->has("any")} + int{choice->has("tool")};
  if (kinds != 1) refuse_bedrock("The value at " + choice->place() + " must have exactly one of auto, any and tool.");
  if (choice->has("any")) ask.tool_use = ToolUse::any;
  const auto tool = choice->object("tool");
  if (!tool) return;
  ask.tool_use = ToolUse::named;
  ask.tool_name = tool->need_text("name");
  if (!ask.has_tool(ask.tool_name))
    refuse_bedrock("The toolChoice names the tool " + ask.tool_name + ", which is not in toolConfig.");
}

void read_tools(const RequestObject& request, Ask& ask) {
  const auto config = request.object("toolConfig");
  if (!config) return;
  const std::vector<RequestObject> tools = config->objects("tools");
  if (tools.empty())
    refuse_bedrock(
        "Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1");
  for (const RequestObject& tool : tools) {
    const bool is_other = tool.has("cachePoint") || tool.has("systemTool");
    if (!is_other) read_tool(tool.need_object("toolSpec"), ask);
  }
  read_choice(*config, ask);
}

void read_inference(const RequestObject& request, Ask& ask) {
  const auto config = request.object("inferenceConfig");
  if (!config) return;
  ask.max_tokens = config->integer("maxTokens", 1, most_bedrock_tokens);
  config->number("temperature", 0, 1);
  config->number("topP", 0, 1);
  ask.stop = config->texts("stopSequences");
  for (const std::string& stop : ask.stop) {
    if (stop.empty()) config->refuse("stopSequences", Problem::value, "strings that are not empty");
  }
}

/// Claude and Nova each have their own way to ask for reasoning.
void read_more_fields(const RequestObject& request, Ask& ask) {
  const auto more = request.object("additionalModelRequestFields");
  if (more) {
    for (const std::string_view name : {"thinking", "reasoning_config", "reasoningConfig"}) {
      const auto thinking = more->object(name);
      const std::string type = thinking ? thinking->text("type") : "";
      ask.think |= type == "enabled" || type == "adaptive";
    }
  }
  const bool is_forced = ask.tool_use == ToolUse::any || ask.tool_use == ToolUse::named;
  if (ask.think && is_forced && ask.model.find("anthropic") != std::string::npos) {
    refuse_bedrock(
        "The model returned the following errors: Thinking may not be enabled when tool_choice forces tool use.");
  }
  json::array paths;
  for (const std::string& path : request.texts("additionalModelResponseFieldPaths")) {
    if (!path.starts_with('/')) request.refuse("additionalModelResponseFieldPaths", Problem::value, "JSON pointers");
    paths.emplace_back(path);
  }
  if (!paths.empty()) ask.settings["paths"] = std::move(paths);
}

/// The schema is JSON in a string.
void read_output(const RequestObject& request, Ask& ask) {
  const auto output = request.object("outputConfig");
  const auto format = output ? output->object("textFormat") : std::nullopt;
  if (!format) return;
  format->need_word("type", {"json_schema"});
  const RequestObject schema = format->need_object("structure").need_object("jsonSchema");
  auto parsed = json_if_any(schema.need_text("schema"));
  if (!parsed || !parsed->is_object()) schema.refuse("schema", Problem::value, "a JSON Schema as a string");
  ask.schema = std::move(*parsed);
  ask.form = Form::schema;
}

/// What the answer repeats.
void read_service(const RequestObject& request, Ask& ask) {
  if (const auto performance = request.object("performanceConfig")) {
    performance->need_word("latency", {"standard", "optimized"});
    ask.settings["performanceConfig"] = performance->json();
  }
  if (const auto tier = request.object("serviceTier")) {
    tier->need_word("type", {"priority", "default", "flex", "reserved"});
    ask.settings["serviceTier"] = tier->json();
  }
}

Ask read_object(const RequestObject& request, const BedrockPath& path) {
  Ask ask;
  ask.model = path.model;
  ask.stream = path.operation == "converse-stream";
  read_bedrock_messages(request, ask);
  read_tools(request, ask);
  read_inference(request, ask);
  read_more_fields(request, ask);
  read_output(request, ask);
  read_service(request, ask);
  return ask;
}

}  // namespace

Ask read_bedrock(std::string_view body, const BedrockPath& path) {
  const json::value value = parse_body(body, bedrock_dialect());
  return read_object(RequestObject(value.get_object(), "", bedrock_dialect()), path);
}

std::uint64_t read_bedrock_count(std::string_view body, const BedrockPath& path) {
  const json::value value = parse_body(body, bedrock_dialect());
  const RequestObject request(value.get_object(), "", bedrock_dialect());
  return read_object(request.need_object("input").need_object("converse"), path).prompt_tokens;
}

}  // namespace antiphon::inline v0::simulator
