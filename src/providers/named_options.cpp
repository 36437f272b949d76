#include "providers/named_options.hpp"

#include <optional>

#include "providers/any_json.hpp"
#include "providers/own_fields.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

double number(const std::string& name, Value value) {
  const std::optional<double> number = value.type() == Type::number ? value.number() : std::nullopt;
  if (!number) throw invalid(name, "must be a number");
  return *number;
}

std::int64_t integer(const std::string& name, Value value) {
  const Count count = value.type() == Type::number ? value.count() : Count();
  if (!count.known()) throw invalid(name, "must be a whole number");
  return count.at_least();
}

bool boolean(const std::string& name, Value value) {
  const std::optional<bool> boolean = value.boolean();
  if (!boolean) throw invalid(name, "must be true or false");
  return *boolean;
}

std::string text(const std::string& name, Value value) {
  const std::optional<std::string_view> text = value.string();
  if (!text) throw invalid(name, "must be a string");
  return std::string(*text);
}

void set_stop(Options& options, const std::string& name, Value value) {
  if (value.type() != Type::array) {
    options.stop(text(name, value));
    return;
  }
  std::size_t index = 0;
  value.elements([&](Value entry) { options.stop(text(name + "/" + std::to_string(index++), entry)); });
}

void set_metadata(Options& options, const std::string& name, Value value) {
  if (value.type() != Type::object) throw invalid(name, "must be an object of strings");
  value.fields([&](std::string_view key, Value entry) {
    options.metadata(std::string(key), text(name + "/" + std::string(key), entry));
  });
}

void set_logprobs(Options& options, const std::string& name, Value value) {
  if (value.type() == Type::number) {
    options.logprobs(integer(name, value));
  } else if (boolean(name, value) && !options.logprobs_requested()) {
    options.logprobs();
  }
}

JsonSchema read_schema(const std::string& where, Value value) {
  if (value.type() != Type::object) throw invalid(where, "must be an object");
  std::string schema;
  std::string name = "answer";
  std::string description;
  bool strict = false;
  value.fields([&](std::string_view key, Value field) {
    if (field.is_null()) return;
    const std::string place = where + "/" + std::string(key);
    if (key == "schema") schema = field.raw().value_or("");
    if (key == "name") name = text(place, field);
    if (key == "description") description = text(place, field);
    if (key == "strict") strict = boolean(place, field);
  });
  if (schema.empty()) throw invalid(where + "/schema", "is missing");
  return JsonSchema(Json(std::move(schema)), std::move(name)).description(std::move(description)).strict(strict);
}

void set_format(Options& options, const std::string& name, Value value) {
  options.response_format(read_response_format(name, value));
}

void set_tool_choice(Options& options, const std::string& name, Value value) {
  const std::string choice = text(name, value);
  if (choice == "auto") {
    options.tool_choice(ToolChoice::Kind::automatic);
  } else if (choice == "none") {
    options.tool_choice(ToolChoice::Kind::none);
  } else if (choice == "required") {
    options.tool_choice(ToolChoice::Kind::required);
  } else {
    throw invalid(name, "must be \"auto\", \"none\" or \"required\"");
  }
}

struct Setter {
  std::string_view name;
  void (*set)(Options& options, const std::string& name, Value value);
};

constexpr Setter setters[] = {
    {"temperature", [](Options& o, const std::string& n, Value v) { o.temperature(number(n, v)); }},
    {"top_p", [](Options& o, const std::string& n, Value v) { o.top_p(number(n, v)); }},
    {"top_k", [](Options& o, const std::string& n, Value v) { o.top_k(integer(n, v)); }},
    {"max_tokens", [](Options& o, const std::string& n, Value v) { o.max_tokens(integer(n, v)); }},
    {"stop", set_stop},
    {"seed", [](Options& o, const std::string& n, Value v) { o.seed(integer(n, v)); }},
    {"presence_penalty", [](Options& o, const std::string& n, Value v) { o.presence_penalty(number(n, v)); }},
    {"frequency_penalty", [](Options& o, const std::string& n, Value v) { o.frequency_penalty(number(n, v)); }},
    {"logprobs", set_logprobs},
    {"top_logprobs", [](Options& o, const std::string& n, Value v) { o.logprobs(integer(n, v)); }},
    {"n", [](Options& o, const std::string& n, Value v) { o.n(integer(n, v)); }},
    {"user", [](Options& o, const std::string& n, Value v) { o.user(text(n, v)); }},
    {"metadata", set_metadata},
    {"response_format", set_format},
    {"reasoning_effort", [](Options& o, const std::string& n, Value v) { o.reasoning_effort(text(n, v)); }},
    {"tool_choice", set_tool_choice},
    {"parallel_tool_calls", [](Options& o, const std::string& n, Value v) { o.parallel_tool_calls(boolean(n, v)); }},
};

}  // namespace

ResponseFormat read_response_format(const std::string& where, Value value) {
  if (value.type() != Type::object) {
    const std::string format = text(where, value);
    if (format == "text" || format == "json") return ResponseFormat(std::string_view(format));
    throw invalid(where, "must be \"text\", \"json\" or a JSON Schema");
  }
  std::string type;
  std::optional<Value> described;
  std::optional<Value> schema;
  value.fields([&](std::string_view key, Value field) {
    if (key == "type") type = field.string().value_or("");
    if (key == "json_schema") described = field;
    if (key == "schema") schema = field;
  });
  if (type == "text") return ResponseFormat("text");
  // Some servers take the schema beside the type.
  if (type == "json_object" && schema) return JsonSchema(Json(schema->raw().value_or("{}")));
  if (type == "json_object") return ResponseFormat("json");
  if (type != "json_schema") return JsonSchema(Json(value.raw().value_or("{}")));
  if (!described) throw invalid(where + "/json_schema", "is missing");
  return read_schema(where + "/json_schema", *described);
}

bool set_common_option(Options& options, const std::string& name, Value value) {
  for (const Setter& setter : setters) {
    if (setter.name != name) continue;
    if (!value.is_null()) setter.set(options, name, value);
    return true;
  }
  return false;
}

SettledOptions::SettledOptions(const Options& options, const Preset& preset) : asked_(&options) {
  for (const OwnOptions& own : options.own_options()) {
    if (!is_meant_for(own.family(), preset)) continue;
    for (const auto& [name, value] : own.fields()) settle(name, value);
  }
  for (const auto& [name, value] : options.named_options()) settle(name, value);
}

void SettledOptions::settle(const std::string& name, const Json& value) {
  check_text(name, [] { return std::string("option"); });
  check_json(value.text(), name);
  if (!settled_) settled_ = *asked_;
  bool common = false;
  read_any_json(value.text(), [&](Value read) { common = set_common_option(*settled_, name, read); });
  if (!common) own_.emplace_back(name, value);
}

}  // namespace antiphon::inline v0::codec
