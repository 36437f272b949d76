#include "cohere_request.hpp"

#include "cohere_errors.hpp"
#include "cohere_messages.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t most_cohere_tokens = 1u << 30;

void read_cohere_tools(const RequestObject& request, Ask& ask) {
  for (const RequestObject& tool : request.objects("tools")) {
    tool.only({"type", "function"});
    tool.need_word("type", {"function"});
    const RequestObject function = tool.need_object("function");
    function.only({"name", "description", "parameters"});
    const std::string name = function.need_text("name");
    if (!is_plain_name(name, std::string::npos)) {
      function.refuse("name", Problem::value, "letters, digits, _ and -");
    }
    const auto parameters = function.object("parameters");
    ask.tools.push_back(
        Tool{name, parameters ? json::value(parameters->json()) : json::value(json::object{{"type", "object"}})});
    ask.prompt_tokens += estimated_tokens(json::serialize(tool.json()).size());
  }
  request.flag("strict_tools");
  const std::string choice = request.word("tool_choice", {"REQUIRED", "NONE"});
  if (!choice.empty() && ask.tools.empty()) {
    request.refuse("tool_choice", Problem::other, "tool_choice needs tools");
  }
  if (!choice.empty()) ask.tool_use = choice == "NONE" ? ToolUse::never : ToolUse::any;
}

void read_documents(const RequestObject& request, Ask& ask) {
  const auto options = request.object("citation_options");
  if (options) options->only({"mode"});
  const std::string mode = options ? options->word("mode", {"FAST", "ACCURATE", "OFF", "ENABLED", "DISABLED"}) : "";
  const json::value* documents = request.find("documents");
  if (documents && !documents->is_array()) request.refuse("documents", Problem::type, "an array");
  if (documents) {
    for (const json::value& item : documents->get_array()) {
      const std::string id = "doc:" + std::to_string(ask.sources.size());
      const json::object* object = item.if_object();
      const json::value* data = object ? member(*object, "data") : &item;
      if (!data || (!data->is_string() && !data->is_object())) {
        request.refuse("documents", Problem::value, "strings, or objects with data");
      }
      json::object document = data->is_object() ? data->get_object() : json::object{{"text", *data}};
      const std::string own_id = object ? text_member(*object, "id") : "";
      document["id"] = own_id.empty() ? id : own_id;
      ask.prompt_tokens += estimated_tokens(json::serialize(item).size());
      ask.sources.push_back({{"type", "document"}, {"id", document["id"]}, {"document", document}});
    }
  }
  if (mode == "OFF" || mode == "DISABLED") ask.sources.clear();
}

void read_format(const RequestObject& request, Ask& ask) {
  const auto format = request.object("response_format");
  if (!format) return;
  format->only({"type", "json_schema"});
  const std::string type = format->need_word("type", {"text", "json_object"});
  const json::value* schema = format->find("json_schema");
  if (schema && !schema->is_object()) format->refuse("json_schema", Problem::type, "an object");
  if (type == "text") {
    if (schema) format->refuse("json_schema", Problem::other, "json_schema needs the type json_object");
    return;
  }
  if (!ask.tools.empty() || request.has("documents")) {
    request.refuse("response_format", Problem::other, "response_format does not go together with tools or documents");
  }
  ask.form = schema ? Form::schema : Form::json;
  if (schema) ask.schema = *schema;
}

void read_cohere_sampling(const RequestObject& request, Ask& ask) {
  ask.max_tokens = request.integer("max_tokens", 1, most_cohere_tokens);
  ask.stop = request.texts("stop_sequences");
  if (ask.stop.size() > 5) request.refuse("stop_sequences", Problem::value, "at most 5 strings");
  request.number("temperature", 0, 2);
  request.number("frequency_penalty", 0, 1);
  request.number("presence_penalty", 0, 1);
  request.integer("k", 0, 500);
  request.number("p", 0.01, 0.99);
  ask.seed = request.integer("seed", 0, UINT64_MAX).value_or(0);
  ask.logprobs = request.flag("logprobs").value_or(false);
  request.integer("priority", 0, 999);
  request.word("safety_mode", {"CONTEXTUAL", "STRICT", "OFF"});
  request.flag("raw_prompting");
}

void read_cohere_thinking(const RequestObject& request, Ask& ask) {
  const auto thinking = request.object("thinking");
  if (!thinking) return;
  thinking->only({"type", "token_budget"});
  ask.think = thinking->need_word("type", {"enabled", "disabled"}) == "enabled";
  thinking->integer("token_budget", 1, most_cohere_tokens);
}

}  // namespace

Ask read_cohere(std::string_view body) {
  const json::value value = parse_body(body, cohere_dialect());
  const RequestObject request(value.get_object(), "", cohere_dialect());
  request.only({"model",
                "messages",
                "stream",
                "tools",
                "strict_tools",
                "tool_choice",
                "documents",
                "citation_options",
                "response_format",
                "safety_mode",
                "max_tokens",
                "stop_sequences",
                "temperature",
                "seed",
                "frequency_penalty",
                "presence_penalty",
                "k",
                "p",
                "logprobs",
                "thinking",
                "priority",
                "raw_prompting"});
  Ask ask;
  ask.model = request.need_text("model");
  ask.stream = request.flag("stream").value_or(false);
  read_cohere_messages(request, ask);
  read_cohere_tools(request, ask);
  read_documents(request, ask);
  read_format(request, ask);
  read_cohere_sampling(request, ask);
  read_cohere_thinking(request, ask);
  return ask;
}

}  // namespace antiphon::inline v0::simulator
