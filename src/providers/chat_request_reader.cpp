#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <antiphon/codec.hpp>

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/chat_request_messages.hpp"
#include "providers/chat_request_text.hpp"
#include "providers/named_options.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0 {

namespace {

using codec::invalid;
using codec::string_at;
using json::Type;
using json::Value;

/// Reads a tool. What else it has, and what else its function has, goes along.
class ToolReader {
 public:
  explicit ToolReader(std::string place) : place_(std::move(place)), inside_(inner_) {}

  /// Nothing for a tool that is no function.
  std::optional<Tool> read(Value value);

 private:
  void function_field(std::string_view key, Value value);
  std::string_view raw_of(std::string_view key, Value value) const;

  std::string place_;
  std::string name_, description_, parameters_;
  std::optional<bool> strict_;
  OwnOptions further_{"openai-chat"};
  std::string inner_;  ///< JSON, of what is not known in the function
  json::Writer inside_;
};

std::string_view ToolReader::raw_of(std::string_view key, Value value) const {
  const auto raw = value.raw();
  if (!raw) throw invalid(place_ + "/" + std::string(key), "is not valid JSON, or nested too deep");
  return *raw;
}

void ToolReader::function_field(std::string_view key, Value value) {
  if (value.is_null()) return;
  if (key == "name") {
    name_ = value.string().value_or("");
  } else if (key == "description") {
    description_ = value.string().value_or("");
  } else if (key == "parameters") {
    parameters_ = value.raw().value_or("");
  } else if (key == "strict") {
    strict_ = value.boolean();
  } else {
    inside_.key_text(key).raw(raw_of("function", value));
  }
}

std::optional<Tool> ToolReader::read(Value value) {
  std::string type;
  inside_.begin_object();
  value.fields([&](std::string_view key, Value field) {
    if (key == "type") {
      type = field.string().value_or("");
    } else if (key == "function") {
      field.fields([&](std::string_view inner, Value part) { function_field(inner, part); });
    } else if (!field.is_null()) {
      further_.set(std::string(key), Json(std::string(raw_of(key, field))));
    }
  });
  inside_.end_object();
  if (type != "function" || name_.empty()) return std::nullopt;
  if (inner_ != "{}") further_.set("function", Json(std::move(inner_)));
  Tool tool = parameters_.empty() ? Tool(std::move(name_), std::move(description_))
                                  : Tool(std::move(name_), std::move(description_), Json(std::move(parameters_)));
  if (strict_) tool.strict(*strict_);
  if (!further_.fields().empty()) tool.with(std::move(further_));
  return tool;
}

/// One that is not known stays what it is, for those who speak this protocol.
std::vector<Tool> read_tools(Value value) {
  if (value.type() != Type::array) throw invalid("tools", "must be an array");
  std::vector<Tool> tools;
  value.elements([&](Value element) {
    std::string place = "tools/" + std::to_string(tools.size());
    if (element.type() != Type::object) throw invalid(std::move(place), "must be an object");
    std::optional<Tool> tool = ToolReader(std::move(place)).read(element);
    tools.push_back(tool ? std::move(*tool)
                         : Tool::provider_defined("openai-chat", Json(std::string(element.raw().value_or("{}")))));
  });
  return tools;
}

/// Nothing for a choice that is not known.
std::optional<ToolChoice> read_tool_choice(Value value) {
  if (value.type() == Type::string) {
    const std::string_view name = value.text();
    if (name == "auto") return ToolChoice(ToolChoice::Kind::automatic);
    if (name == "none") return ToolChoice(ToolChoice::Kind::none);
    if (name == "required") return ToolChoice(ToolChoice::Kind::required);
    return std::nullopt;
  }
  std::string_view type;
  std::string name;
  value.fields([&](std::string_view key, Value field) {
    if (key == "type") type = field.string().value_or("");
    if (key != "function") return;
    field.fields([&](std::string_view inner, Value part) {
      if (inner == "name") name = part.string().value_or("");
    });
  });
  if (type != "function" || name.empty()) return std::nullopt;
  return ToolChoice::named(std::move(name));
}

/// Whether a `response_format` is of a type that some servers have for themselves: a grammar, a regular expression.
bool is_own_format(Value value) {
  constexpr std::string_view known[] = {"text",   "json_object", "json_schema", "object",  "array",
                                        "string", "number",      "integer",     "boolean", "null"};
  bool own = false;
  value.fields([&](std::string_view key, Value field) {
    if (key != "type" || field.type() != Type::string) return;
    own = std::find(std::begin(known), std::end(known), field.text()) == std::end(known);
  });
  return own;
}

class RequestReader {
 public:
  explicit RequestReader(ChatRequest& request) : request_(request), extra_writer_(extra_) {}

  void read(Value root);

 private:
  void field(const std::string& key, Value value);
  bool stream_options(Value value);
  void keep(const std::string& key, Value value);

  ChatRequest& request_;
  bool has_messages_ = false;
  std::optional<Value> old_limit_;
  std::string extra_;
  json::Writer extra_writer_;
};

void RequestReader::read(Value root) {
  if (root.type() != Type::object) throw invalid("body", "must be a JSON object");
  extra_writer_.begin_object();
  root.fields([&](std::string_view key, Value value) { field(std::string(key), value); });
  extra_writer_.end_object();
  if (!has_messages_) throw invalid("messages", "is missing");
  if (old_limit_ && !request_.options.max_tokens()) {
    codec::set_common_option(request_.options, "max_tokens", *old_limit_);
  }
  if (extra_ != "{}") request_.options.extra(Json(std::move(extra_)));
}

/// What is not known goes along as it is.
void RequestReader::keep(const std::string& key, Value value) {
  const auto raw = value.raw();
  if (!raw) throw invalid(key, "is not valid JSON, or nested too deep");
  extra_writer_.key_text(key).raw(*raw);
}

/// Whether that is nothing but what is sent anyway.
bool RequestReader::stream_options(Value value) {
  bool known = true;
  value.fields([&](std::string_view key, Value field) {
    if (key != "include_usage" || field.boolean() != true) known = false;
  });
  return known;
}

void RequestReader::field(const std::string& key, Value value) {
  Options& options = request_.options;
  if (value.is_null()) return;
  if (key == "model") {
    request_.model = string_at(value, key);
  } else if (key == "messages") {
    request_.messages = codec::read_chat_messages(value);
    has_messages_ = true;
  } else if (key == "stream") {
    const std::optional<bool> stream = value.boolean();
    if (!stream) throw invalid(key, "must be true or false");
    request_.stream = *stream;
  } else if (key == "stream_options") {
    if (!stream_options(value)) keep(key, value);
  } else if (key == "max_tokens") {
    old_limit_ = value;
  } else if (key == "max_completion_tokens") {
    try {
      codec::set_common_option(options, "max_tokens", value);
    } catch (Error& error) {
      throw error.where(key);
    }
  } else if (key == "tools") {
    for (Tool& tool : read_tools(value)) options.tools(std::move(tool));
  } else if (key == "tool_choice") {
    if (auto choice = read_tool_choice(value)) {
      options.tool_choice(std::move(*choice));
    } else {
      keep(key, value);
    }
  } else if (key == "response_format" && is_own_format(value)) {
    keep(key, value);
  } else if (!codec::set_common_option(options, key, value)) {
    keep(key, value);
  }
}

}  // namespace

ChatRequest parse_chat_request(std::string_view body) {
  codec::check_json(body, "body");
  ChatRequest request;
  json::Reader reader;
  reader.read_copy(body, [&](Value root) { RequestReader(request).read(root); });
  if (reader.failed()) throw invalid("body", reader.error());
  return request;
}

}  // namespace antiphon::inline v0
