#include "ollama_request.hpp"

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

[[noreturn]] void refuse_ollama(std::string message) { throw Failure{400, std::move(message)}; }

bool flag(const json::object& body, const std::string& name, bool fallback) {
  const json::value* value = member(body, name);
  if (!value) return fallback;
  if (!value->is_bool()) refuse_ollama(name + " must be a boolean");
  return value->get_bool();
}

/// A number of the right kind; Ollama refuses others.
std::optional<std::int64_t> integer(const json::object& options, const std::string& name) {
  const json::value* value = member(options, name);
  if (!value) return std::nullopt;
  if (!value->is_int64()) refuse_ollama("option \"" + name + "\" must be of type integer");
  return value->get_int64();
}

void check_float(const json::object& options, const std::string& name) {
  const json::value* value = member(options, name);
  if (value && !value->is_number()) refuse_ollama("option \"" + name + "\" must be of type float");
}

void read_options(const json::object& body, Ask& ask) {
  const json::value* value = member(body, "options");
  if (!value) return;
  if (!value->is_object()) refuse_ollama("options must be an object");
  const json::object& options = value->get_object();
  for (const std::string name :
       {"temperature", "top_p", "min_p", "typical_p", "repeat_penalty", "presence_penalty", "frequency_penalty"}) {
    check_float(options, name);
  }
  for (const std::string name :
       {"num_ctx", "num_keep", "top_k", "repeat_last_n", "num_batch", "num_gpu", "num_thread"}) {
    integer(options, name);
  }
  const auto limit = integer(options, "num_predict");
  if (limit && *limit >= 0) ask.max_tokens = static_cast<std::uint64_t>(*limit);
  if (const auto seed = integer(options, "seed")) ask.seed = static_cast<std::uint64_t>(*seed);
  const json::value* stop = member(options, "stop");
  if (!stop) return;
  if (!stop->is_array()) refuse_ollama("option \"stop\" must be of type array");
  for (const json::value& item : stop->get_array()) {
    if (!item.is_string()) refuse_ollama("option \"stop\" must be of an array of strings");
    ask.stop.emplace_back(item.get_string());
  }
}

std::uint64_t count_images(const json::object& message) {
  const json::value* images = member(message, "images");
  if (!images) return 0;
  if (!images->is_array()) refuse_ollama("images must be an array");
  for (const json::value& image : images->get_array()) {
    if (!image.is_string() || !decode_base64(std::string_view(image.get_string()))) {
      refuse_ollama("an image must be Base64, without a prefix");
    }
  }
  return images->get_array().size();
}

void check_calls(const json::object& message) {
  const json::value* calls = member(message, "tool_calls");
  if (!calls) return;
  if (!calls->is_array()) refuse_ollama("tool_calls must be an array");
  for (const json::value& item : calls->get_array()) {
    const json::object* call = item.if_object();
    const json::value* function = call ? member(*call, "function") : nullptr;
    const json::object* fields = function ? function->if_object() : nullptr;
    const json::value* arguments = fields ? member(*fields, "arguments") : nullptr;
    if (!arguments || !arguments->is_object()) refuse_ollama("the arguments of a tool call must be an object");
  }
}

void read_message(const json::value& value, Ask& ask) {
  if (!value.is_object()) refuse_ollama("a message must be an object");
  const json::object& message = value.get_object();
  const std::string role = text_member(message, "role");
  const json::value* content = member(message, "content");
  if (content && !content->is_string()) refuse_ollama("the content of a message must be a string");
  const std::string text = text_member(message, "content");
  const std::uint64_t images = count_images(message);
  check_calls(message);
  ask.prompt_tokens += 4 + estimated_tokens(text.size()) + 85 * images;
  if (role == "user") {
    ask.user = text;
    ask.images = images;
    ask.tool_result.clear();
    ask.after_tool = false;
  } else if (role == "tool") {
    ask.tool_result += text;
    ask.after_tool = true;
  } else if (role != "system" && role != "assistant") {
    refuse_ollama("invalid role: " + role);
  }
}

void read_ollama_tools(const json::object& body, Ask& ask) {
  const json::value* tools = member(body, "tools");
  if (!tools) return;
  if (!tools->is_array()) refuse_ollama("tools must be an array");
  for (const json::value& item : tools->get_array()) {
    const json::object* tool = item.if_object();
    const json::value* function = tool ? member(*tool, "function") : nullptr;
    if (!function || !function->is_object()) refuse_ollama("a tool must have a function");
    const json::value* parameters = member(function->get_object(), "parameters");
    ask.tools.push_back(Tool{text_member(function->get_object(), "name"), parameters ? *parameters : json::value()});
    ask.prompt_tokens += estimated_tokens(json::serialize(item).size());
  }
}

void read_format(const json::object& body, Ask& ask) {
  const json::value* format = member(body, "format");
  if (!format || (format->is_string() && format->get_string().empty())) return;
  if (format->is_object()) {
    ask.form = Form::schema;
    ask.schema = *format;
  } else if (format->is_string() && format->get_string() == "json") {
    ask.form = Form::json;
  } else {
    refuse_ollama("invalid format: expected \"json\" or a JSON schema");
  }
}

/// Zero, as a number or as a duration.
bool unloads(const json::value* keep_alive) {
  if (!keep_alive) return false;
  if (keep_alive->is_string()) return trim(std::string_view(keep_alive->get_string())).substr(0, 1) == "0";
  if (!keep_alive->is_number()) refuse_ollama("keep_alive must be a duration or a number of seconds");
  return keep_alive->to_number<double>() == 0;
}

void read_think(const json::object& body, Ask& ask) {
  const json::value* think = member(body, "think");
  if (!think) return;
  if (!think->is_bool() && !think->is_string()) refuse_ollama("think must be a boolean or a level");
  ask.think = think->is_string() || think->get_bool();
}

}  // namespace

json::value read_ollama_body(std::string_view body) {
  json::value value;
  try {
    value = parse_json(body);
  } catch (const boost::system::system_error& error) {
    refuse_ollama("invalid JSON: " + error.code().message());
  }
  if (!value.is_object()) refuse_ollama("expected a JSON object");
  return value;
}

Ask read_ollama(std::string_view text) {
  const json::value value = read_ollama_body(text);
  const json::object& body = value.get_object();
  Ask ask;
  ask.model = text_member(body, "model");
  if (ask.model.empty()) refuse_ollama("model is required");
  ask.stream = flag(body, "stream", true);
  ask.logprobs = flag(body, "logprobs", false);
  ask.include_usage = true;
  const json::value* messages = member(body, "messages");
  if (messages && !messages->is_array()) refuse_ollama("messages must be an array");
  ask.load_only = !messages || messages->get_array().empty();
  const bool unload = unloads(member(body, "keep_alive"));
  ask.unload = ask.load_only && unload;
  if (!ask.load_only) {
    for (const json::value& message : messages->get_array()) read_message(message, ask);
    ask.prompt_tokens += 3;
  }
  read_options(body, ask);
  read_ollama_tools(body, ask);
  read_format(body, ask);
  read_think(body, ask);
  return ask;
}

}  // namespace antiphon::inline v0::simulator
