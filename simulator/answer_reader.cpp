#include "fields.hpp"
#include "scenario_reader.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t largest_chunk = std::uint64_t{128} << 20;

Generated read_generated(const json::value& value, const std::string& place) {
  Fields fields(value, place);
  Generated generated;
  generated.chunks = fields.count("chunks", largest_count).value_or(1);
  generated.chunk_bytes = fields.count("chunk_bytes", largest_chunk).value_or(16);
  fields.done();
  return generated;
}

std::vector<ToolCall> read_tool_calls(const json::value& value, const std::string& place) {
  if (!value.is_array()) fail_at(place, "expected array");
  std::vector<ToolCall> calls;
  for (const json::value& item : value.get_array()) {
    calls.push_back(read_tool_call(item, place_in(place, std::to_string(calls.size())), calls.size() + 1));
  }
  return calls;
}

Script::ScriptedChoice read_choice(Fields& fields) {
  Script::ScriptedChoice choice;
  choice.text = read_pieces(fields, "text");
  if (auto chunks = fields.texts("chunks")) {
    if (choice.text) fail_at(fields.place("chunks"), "text and chunks exclude each other");
    choice.text = std::move(chunks);
  }
  if (const json::value* generate = fields.any("generate")) {
    if (choice.text) fail_at(fields.place("generate"), "text and generate exclude each other");
    choice.generated = read_generated(*generate, fields.place("generate"));
  }
  choice.reasoning = read_pieces(fields, "reasoning").value_or(std::vector<std::string>());
  choice.refusal = read_pieces(fields, "refusal").value_or(std::vector<std::string>());
  if (const json::value* calls = fields.any("tool_calls")) {
    choice.tool_calls = read_tool_calls(*calls, fields.place("tool_calls"));
  }
  read_blocks(fields, choice);
  const json::value* reason = fields.any("finish_reason");
  choice.sets_finish_reason = reason != nullptr;
  if (reason && !reason->is_null()) choice.finish_reason = fields.text("finish_reason");
  return choice;
}

void read_choices(Fields& fields, Script& script) {
  const json::value* choices = fields.any("choices");
  if (!choices) {
    script.choices.push_back(read_choice(fields));
    return;
  }
  if (!choices->is_array() || choices->get_array().empty()) {
    fail_at(fields.place("choices"), "expected array of at least one");
  }
  for (const json::value& item : choices->get_array()) {
    Fields choice(item, place_in(fields.place("choices"), std::to_string(script.choices.size())));
    script.choices.push_back(read_choice(choice));
    choice.done();
  }
  script.n = script.choices.size();
}

Script::Tokens read_tokens(Fields& script_fields) {
  Script::Tokens tokens;
  const json::value* value = script_fields.any("tokens");
  if (!value) return tokens;
  Fields fields(*value, script_fields.place("tokens"));
  tokens.prompt = fields.count("prompt", largest_count);
  tokens.cached = fields.count("cached", largest_count);
  tokens.cache_write = fields.count("cache_write", largest_count);
  tokens.completion = fields.count("completion", largest_count);
  tokens.reasoning = fields.count("reasoning", largest_count);
  fields.done();
  return tokens;
}

Script read_script(const json::value& value, const std::string& place) {
  Fields fields(value, place);
  Script script;
  read_choices(fields, script);
  if (const auto n = fields.count("n", 128, 1)) {
    if (script.n) fail_at(fields.place("n"), "n and choices exclude each other");
    script.n = n;
  }
  script.id = fields.text("id");
  script.model = fields.text("model");
  script.reasoning_field = fields.text("reasoning_field");
  if (const json::value* usage = fields.any("usage")) {
    if (!usage->is_null() && !usage->is_object()) fail_at(fields.place("usage"), "expected object or null");
    script.without_usage = usage->is_null();
    if (usage->is_object()) script.usage = usage->get_object();
  }
  script.tokens = read_tokens(fields);
  if (const json::value* failure = fields.any("failed")) {
    Fields failure_fields(*failure, fields.place("failed"));
    script.failure = read_failure(failure_fields, 500);
    failure_fields.done();
  }
  script.changing_item_ids = fields.flag("changing_item_ids");
  script.flat_errors = fields.flag("flat_errors");
  script.without_part_ends = fields.flag("without_part_ends");
  fields.done();
  return script;
}

RawBody read_raw(const json::value& value, const std::string& place) {
  Fields fields(value, place);
  RawBody raw;
  int forms = 0;
  if (auto body = fields.text("body")) {
    ++forms;
    raw.pieces = {std::move(*body)};
  }
  if (auto base64 = fields.text("base64")) {
    ++forms;
    auto bytes = decode_base64(*base64);
    if (!bytes) fail_at(fields.place("base64"), "no Base64");
    raw.pieces = {std::move(*bytes)};
  }
  if (auto http = fields.text("http")) {
    ++forms;
    raw.is_http = true;
    raw.pieces = {std::move(*http)};
  }
  if (const json::value* events = fields.any("events")) {
    ++forms;
    raw.events = true;
    if (!events->is_array()) fail_at(fields.place("events"), "expected array");
    for (const json::value& event : events->get_array()) {
      raw.pieces.push_back(event.is_string() ? std::string(event.get_string()) : json::serialize(event));
    }
  }
  if (forms != 1) fail_at(place, "expected one of body, base64, events and http");
  raw.content_type = fields.text("content_type").value_or("");
  fields.done();
  return raw;
}

}  // namespace

ToolCall read_tool_call(const json::value& value, const std::string& place, std::size_t number) {
  Fields fields(value, place);
  ToolCall call;
  call.id = fields.text("id").value_or("call_" + std::to_string(number));
  call.name = fields.text("name").value_or("");
  if (const json::value* arguments = fields.any("arguments")) {
    call.arguments = arguments->is_string() ? std::string(arguments->get_string()) : json::serialize(*arguments);
  } else {
    call.arguments = "{}";
  }
  fields.done();
  return call;
}

std::optional<std::vector<std::string>> read_pieces(Fields& fields, std::string_view key) {
  const json::value* value = fields.any(key);
  if (!value) return std::nullopt;
  if (value->is_string()) return split_into_pieces(std::string_view(value->get_string()));
  if (!value->is_array()) fail_at(fields.place(key), "expected string or array of strings");
  return fields.texts(key);
}

Failure read_failure(Fields& fields, int status) {
  Failure failure;
  failure.status = status;
  failure.message = fields.text("message").value_or("The simulator was told to fail.");
  failure.type = fields.text("type").value_or("");
  failure.code = fields.text("code").value_or("");
  failure.param = fields.text("param").value_or("");
  if (const json::value* after = fields.any("retry_after")) {
    if (!after->is_number()) fail_at(fields.place("retry_after"), "expected seconds");
    failure.retry_after = after->to_number<double>();
  }
  if (const json::value* details = fields.any("details")) {
    if (!details->is_array()) fail_at(fields.place("details"), "expected array");
    failure.details = details->get_array();
  }
  return failure;
}

void read_answer(Fields& fields, Rule& rule) {
  int forms = 0;
  if (const json::value* answer = fields.any("answer")) {
    ++forms;
    rule.answer = read_script(*answer, fields.place("answer"));
  }
  if (const json::value* raw = fields.any("raw")) {
    ++forms;
    rule.answer = read_raw(*raw, fields.place("raw"));
  }
  if (const json::value* error = fields.any("error")) {
    ++forms;
    Fields error_fields(*error, fields.place("error"));
    rule.answer = ScriptedFailure{read_failure(error_fields, rule.status.value_or(400))};
    error_fields.done();
  }
  if (auto page = fields.text("html")) {
    ++forms;
    rule.answer = Html{std::move(*page)};
  }
  if (auto location = fields.text("redirect")) {
    ++forms;
    if (location->find_first_of("\r\n") != std::string::npos) fail_at(fields.place("redirect"), "one line only");
    rule.answer = Redirect{std::move(*location)};
  }
  if (forms > 1) fail_at(fields.place("answer"), "answer, raw, error, html and redirect exclude each other");
}

}  // namespace antiphon::inline v0::simulator
