#include "openai_chat_request.hpp"

#include <algorithm>
#include <set>

#include "images.hpp"
#include "openai_models.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

[[noreturn]] void refuse(std::string message, std::string param, std::string code = "") {
  throw Failure{400, std::move(message), "invalid_request_error", std::move(code), std::move(param)};
}

[[noreturn]] void refuse_type(const std::string& param, const std::string& expected) {
  refuse("'" + param + "' must be " + expected + '.', param, "invalid_type");
}

std::optional<double> number(const json::object& body, const std::string& name, double low, double high) {
  const json::value* value = member(body, name);
  if (!value) return std::nullopt;
  if (!value->is_number()) refuse_type(name, "a number");
  const double found = value->to_number<double>();
  if (found < low || found > high) {
    refuse("'" + name + "' is out of range.", name,
           found < low ? "decimal_below_min_value" : "decimal_above_max_value");
  }
  return found;
}

std::optional<std::uint64_t> integer(const json::object& body, const std::string& name, std::uint64_t low,
                                     std::uint64_t high) {
  const json::value* value = member(body, name);
  if (value && !value->is_int64() && !value->is_uint64()) refuse_type(name, "an integer");
  const auto found = number(body, name, static_cast<double>(low), static_cast<double>(high));
  if (!found) return std::nullopt;
  return static_cast<std::uint64_t>(*found);
}

bool flag(const json::object& body, const std::string& name) {
  const json::value* value = member(body, name);
  if (value && !value->is_bool()) refuse_type(name, "a boolean");
  return value && value->get_bool();
}

void read_image(const json::object& part, const std::string& place) {
  const json::value* image = member(part, "image_url");
  if (!image || !image->is_object()) refuse_type(place + ".image_url", "an object");
  if (!is_image_url(text_member(image->get_object(), "url"))) {
    refuse("An image must be an http(s) URL or a data URL in Base64.", place + ".image_url.url", "invalid_image_url");
  }
}

/// Text of a content; parts are checked, images counted.
std::string read_content(const json::value& content, const std::string& place, std::uint64_t& images) {
  if (content.is_string()) return std::string(content.get_string());
  if (!content.is_array()) refuse_type(place, "a string or an array of parts");
  std::string text;
  std::size_t index = 0;
  for (const json::value& item : content.get_array()) {
    const std::string part_place = place + '[' + std::to_string(index++) + ']';
    if (!item.is_object()) refuse_type(part_place, "an object");
    const json::object& part = item.get_object();
    const std::string type = text_member(part, "type");
    if (type == "text" || type == "refusal") {
      const json::value* value = member(part, type);
      if (!value || !value->is_string()) refuse_type(std::string(part_place).append(".").append(type), "a string");
      text += std::string_view(value->get_string());
    } else if (type == "image_url") {
      read_image(part, part_place);
      ++images;
    } else if (type != "input_audio" && type != "file") {
      refuse("No content part has this type.", part_place + ".type", "invalid_value");
    }
  }
  return text;
}

/// Ids of the tool calls of an assistant message.
std::set<std::string> read_calls(const json::object& message, const std::string& place) {
  std::set<std::string> ids;
  const json::value* calls = member(message, "tool_calls");
  if (!calls) return ids;
  if (!calls->is_array() || calls->get_array().empty()) refuse_type(place + ".tool_calls", "an array of calls");
  for (const json::value& item : calls->get_array()) {
    const std::string call_place = place + ".tool_calls[" + std::to_string(ids.size()) + ']';
    if (!item.is_object()) refuse_type(call_place, "an object");
    const json::object& call = item.get_object();
    const json::value* function = member(call, "function");
    if (text_member(call, "type") == "function") {
      if (!function || !function->is_object()) refuse_type(call_place + ".function", "an object");
      const json::value* arguments = member(function->get_object(), "arguments");
      if (!arguments || !arguments->is_string()) refuse_type(call_place + ".function.arguments", "a string");
    }
    if (text_member(call, "id").empty()) refuse_type(call_place + ".id", "a string");
    ids.insert(text_member(call, "id"));
  }
  return ids;
}

/// Walks the conversation and keeps what an answer is made from.
class Conversation {
 public:
  explicit Conversation(Ask& ask) : ask_(ask) {}

  void add(const json::value& value, std::size_t index) {
    const std::string place = "messages[" + std::to_string(index) + ']';
    if (!value.is_object()) refuse_type(place, "an object");
    const json::object& message = value.get_object();
    const std::string role = text_member(message, "role");
    if (role != "tool" && !open_calls_.empty()) unanswered(place);
    ask_.prompt_tokens += 4;
    if (role == "tool") return add_result(message, place);
    if (role == "assistant") return add_assistant(message, place);
    if (role != "system" && role != "developer" && role != "user") {
      refuse("No message has this role.", place + ".role", "invalid_value");
    }
    std::uint64_t images = 0;
    const std::string text = content(message, place, images);
    if (role != "user") return;
    ask_.user = text;
    ask_.images = images;
    ask_.after_tool = false;
    ask_.tool_result.clear();
  }

  void end() {
    if (!open_calls_.empty()) unanswered("messages");
  }

 private:
  std::string content(const json::object& message, const std::string& place, std::uint64_t& images) {
    const json::value* value = member(message, "content");
    if (!value) refuse_type(place + ".content", "a string or an array of parts");
    std::string text = read_content(*value, place + ".content", images);
    ask_.prompt_tokens += estimated_tokens(text.size()) + 85 * images;
    ask_.mentions_json |= lower_case(text).find("json") != std::string::npos;
    return text;
  }

  void add_assistant(const json::object& message, const std::string& place) {
    open_calls_ = read_calls(message, place);
    std::uint64_t images = 0;
    const bool may_be_empty = !open_calls_.empty() || message.contains("audio") || message.contains("refusal");
    if (member(message, "content") || !may_be_empty) content(message, place, images);
  }

  void add_result(const json::object& message, const std::string& place) {
    const std::string id = text_member(message, "tool_call_id");
    if (id.empty()) refuse_type(place + ".tool_call_id", "a string");
    if (open_calls_.erase(id) == 0) {
      refuse("This tool message answers no tool call of the assistant message before it.", place);
    }
    std::uint64_t images = 0;
    ask_.tool_result += content(message, place, images);
    ask_.after_tool = true;
  }

  [[noreturn]] void unanswered(const std::string& place) {
    refuse("A tool message must follow for each tool call; there is none for " + *open_calls_.begin() + '.', place);
  }

  Ask& ask_;
  std::set<std::string> open_calls_;
};

void read_messages(const json::object& body, Ask& ask) {
  const json::value* messages = member(body, "messages");
  if (!messages) refuse("'messages' is missing.", "messages", "missing_required_parameter");
  if (!messages->is_array()) refuse_type("messages", "an array");
  if (messages->get_array().empty()) {
    refuse("'messages' holds no message.", "messages", "empty_array");
  }
  Conversation conversation(ask);
  std::size_t index = 0;
  for (const json::value& message : messages->get_array()) conversation.add(message, index++);
  conversation.end();
  ask.prompt_tokens += 3;
}

void read_tools(const json::object& body, Ask& ask) {
  const json::value* tools = member(body, "tools");
  if (!tools) return;
  if (!tools->is_array() || tools->get_array().empty()) refuse_type("tools", "an array of at least one");
  for (const json::value& item : tools->get_array()) {
    const std::string place = "tools[" + std::to_string(ask.tools.size()) + ']';
    const json::object* tool = item.if_object();
    const std::string type = tool ? text_member(*tool, "type") : "";
    const json::value* function = type.empty() ? nullptr : member(*tool, type);
    if ((type != "function" && type != "custom") || !function || !function->is_object()) {
      refuse("A tool is a function or a custom tool.", place, "invalid_value");
    }
    const std::string name = text_member(function->get_object(), "name");
    if (!is_plain_name(name)) {
      refuse("A tool's name is 1 to 64 letters, digits, '_' and '-'.", place + ".function.name", "invalid_value");
    }
    const json::value* parameters = member(function->get_object(), "parameters");
    if (parameters && !parameters->is_object()) refuse_type(place + ".function.parameters", "an object");
    ask.tools.push_back(Tool{name, parameters ? *parameters : json::value(json::object{{"type", "object"}})});
    ask.prompt_tokens += estimated_tokens(json::serialize(item).size());
  }
}

void read_tool_choice(const json::object& body, Ask& ask) {
  const json::value* choice = member(body, "tool_choice");
  if (!choice) return;
  if (ask.tools.empty()) refuse("'tool_choice' needs 'tools'.", "tool_choice");
  if (choice->is_string()) {
    const std::string word(choice->get_string());
    if (word != "none" && word != "auto" && word != "required") refuse_type("tool_choice", "none, auto or required");
    ask.tool_use = word == "none" ? ToolUse::never : word == "required" ? ToolUse::any : ToolUse::automatic;
    return;
  }
  const json::object* object = choice->if_object();
  const std::string type = object ? text_member(*object, "type") : "";
  const json::value* named = type.empty() ? nullptr : member(*object, type);
  if (!named || !named->is_object()) refuse_type("tool_choice", "none, auto, required or an object");
  if (type == "allowed_tools") return;
  ask.tool_use = ToolUse::named;
  ask.tool_name = text_member(named->get_object(), "name");
  if (!ask.has_tool(ask.tool_name))
    refuse("'tool_choice' names a tool that is not there: " + ask.tool_name + '.', "tool_choice");
}

void read_response_format(const json::object& body, Ask& ask) {
  const json::value* format = member(body, "response_format");
  if (!format) return;
  if (!format->is_object()) refuse_type("response_format", "an object");
  const std::string type = text_member(format->get_object(), "type");
  if (type == "text") return;
  if (type == "json_object") {
    if (!ask.mentions_json) refuse("A 'json_object' format needs the word JSON in one of the messages.", "messages");
    ask.form = Form::json;
    return;
  }
  const json::value* wrapper = member(format->get_object(), "json_schema");
  if (type != "json_schema" || !wrapper || !wrapper->is_object()) {
    refuse("'response_format' has no such type.", "response_format.type", "invalid_value");
  }
  const json::value* schema = member(wrapper->get_object(), "schema");
  if (text_member(wrapper->get_object(), "name").empty()) {
    refuse("'response_format.json_schema.name' is missing.", "response_format.json_schema.name",
           "missing_required_parameter");
  }
  if (!schema || !schema->is_object()) refuse_type("response_format.json_schema.schema", "an object");
  ask.form = Form::schema;
  ask.schema = *schema;
}

void read_stop(const json::object& body, Ask& ask) {
  const json::value* stop = member(body, "stop");
  if (!stop) return;
  if (stop->is_string()) {
    ask.stop.emplace_back(stop->get_string());
    return;
  }
  if (!stop->is_array() || stop->get_array().size() > 4) refuse_type("stop", "a string or at most four strings");
  for (const json::value& item : stop->get_array()) {
    if (!item.is_string()) refuse_type("stop", "a string or at most four strings");
    ask.stop.emplace_back(item.get_string());
  }
}

void read_limits(const json::object& body, Ask& ask) {
  constexpr std::uint64_t most = 1u << 30;
  if (member(body, "max_tokens") && is_reasoning_model(ask.model)) {
    refuse("This model takes 'max_completion_tokens' in place of 'max_tokens'.", "max_tokens", "unsupported_parameter");
  }
  ask.max_tokens = integer(body, "max_tokens", 1, most);
  if (const auto newer = integer(body, "max_completion_tokens", 1, most)) ask.max_tokens = newer;
  ask.n = integer(body, "n", 1, 128).value_or(1);
  number(body, "temperature", 0, 2);
  number(body, "top_p", 0, 1);
  number(body, "presence_penalty", -2, 2);
  number(body, "frequency_penalty", -2, 2);
  integer(body, "top_logprobs", 0, 20);
  ask.logprobs = flag(body, "logprobs");
  const json::value* seed = member(body, "seed");
  if (seed && !seed->is_int64()) refuse_type("seed", "an integer");
  if (seed) ask.seed = static_cast<std::uint64_t>(seed->get_int64());
}

void read_stream(const json::object& body, Ask& ask) {
  ask.stream = flag(body, "stream");
  const json::value* options = member(body, "stream_options");
  if (!options) return;
  if (!ask.stream) refuse("'stream_options' needs 'stream' to be true.", "stream_options");
  if (!options->is_object()) refuse_type("stream_options", "an object");
  ask.include_usage = flag(options->get_object(), "include_usage");
}

}  // namespace

Ask read_openai_chat(std::string_view text) {
  json::value value;
  try {
    value = parse_json(text);
  } catch (const boost::system::system_error& error) {
    refuse("The body is no JSON: " + error.code().message() + '.', "");
  }
  if (!value.is_object()) refuse_type("body", "an object");
  const json::object& body = value.get_object();
  Ask ask;
  ask.model = text_member(body, "model");
  if (ask.model.empty()) refuse("The request names no model.", "model");
  read_messages(body, ask);
  read_tools(body, ask);
  read_tool_choice(body, ask);
  read_response_format(body, ask);
  read_stop(body, ask);
  read_limits(body, ask);
  read_stream(body, ask);
  return ask;
}

}  // namespace antiphon::inline v0::simulator
