#include <string>
#include <utility>

#include "core/spare_text.hpp"
#include "json/writer.hpp"
#include "providers/carried_tools.hpp"
#include "providers/chat_fields.hpp"
#include "providers/described_answer.hpp"
#include "providers/extra_fields.hpp"
#include "providers/json_request.hpp"
#include "providers/name_list.hpp"
#include "providers/named_options.hpp"
#include "providers/ollama.hpp"
#include "providers/ollama_messages.hpp"
#include "providers/own_fields.hpp"
#include "providers/reasoning_effort.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// Options by name that stand beside the messages; all others go into `options`.
constexpr std::string_view top_level[] = {"keep_alive", "think",    "format",      "truncate",
                                          "shift",      "logprobs", "top_logprobs"};

constexpr std::string_view efforts[] = {"low", "medium", "high", "max"};

class OllamaEncoder {
 public:
  OllamaEncoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), *target.preset),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_) {}

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  bool begin_option(std::string_view name);
  void option(std::string_view name, const std::optional<double>& value);
  void option(std::string_view name, const std::optional<std::int64_t>& value);

  void gather_extras();
  void note_what_is_missing();
  void write_head();
  void write_tools();
  void write_format();
  void write_thinking();
  void write_logprobs();
  void write_options();

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_ = SpareText::take();
  json::Writer writer_;
  ExtraFields fields_;  ///< the user's own, beside the messages
  ExtraFields inside_;  ///< the same, in `options`
  bool options_open_ = false;
};

bool OllamaEncoder::begin_field(std::string_view name) {
  if (!fields_.empty() && fields_.has(name)) return false;
  writer_.key(name);
  return true;
}

/// Writes the key inside `options`, which is opened when it is first needed.
bool OllamaEncoder::begin_option(std::string_view name) {
  if (inside_.has(name)) return false;
  if (!std::exchange(options_open_, true)) writer_.key("options").begin_object();
  writer_.key(name);
  return true;
}

void OllamaEncoder::option(std::string_view name, const std::optional<double>& value) {
  if (value && begin_option(name)) writer_.number(*value);
}

void OllamaEncoder::option(std::string_view name, const std::optional<std::int64_t>& value) {
  if (value && begin_option(name)) writer_.integer(*value);
}

EncodedRequest OllamaEncoder::encode() {
  check_options(options_);
  note_chat_members(notes_, request_, *target_.preset);
  check_text(target_.model, [] { return std::string("model"); });
  gather_extras();
  note_what_is_missing();

  body_.reserve(1024);
  writer_.begin_object();
  write_head();
  write_tools();
  write_format();
  write_thinking();
  write_logprobs();
  write_options();
  fields_.write(writer_);
  writer_.end_object();

  EncodedRequest encoded;
  encoded.http =
      json_post(target_.base_url + "/api/chat", request_.stream() ? "application/x-ndjson" : "application/json");
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

void OllamaEncoder::gather_extras() {
  for (const auto& [name, value] : settled_.own()) (is_one_of(top_level, name) ? fields_ : inside_).add(name, value);
  for (const Json& fields : options_.extras()) fields_.add_all(fields, "extra");
  for (const auto& [name, value] : fields_) {
    if (is_chat_field(name) || name == "max_completion_tokens")
      notes_.cannot_carry(name, "Ollama has no such field and does not look at it");
  }
  // Options of ours and of the user's share one object: neither may hide the other.
  const std::string inside = fields_.take("options");
  if (!inside.empty() && inside != "null") inside_.add_all(Json(inside), "extra/options");
}

void OllamaEncoder::note_what_is_missing() {
  const auto missing = [&](bool set, const char* name) {
    if (set && !fields_.has(name)) notes_.cannot_carry(name, "Ollama has no such option");
  };
  missing(options_.n() && *options_.n() != 1, "n");
  missing(!options_.user().empty(), "user");
  missing(!options_.metadata().empty(), "metadata");
  missing(options_.parallel_tool_calls() && !*options_.parallel_tool_calls(), "parallel_tool_calls");
  const std::optional<ToolChoice>& choice = options_.tool_choice();
  missing(choice && (choice->kind() == ToolChoice::Kind::required || choice->kind() == ToolChoice::Kind::named),
          "tool_choice");
  for (std::size_t index = 0; index < options_.tools().size(); ++index) {
    if (!options_.tools()[index].strict().value_or(false)) continue;
    notes_.cannot_carry("tools/" + std::to_string(index) + "/strict", "Ollama does not enforce a tool's schema");
  }
}

void OllamaEncoder::write_head() {
  if (begin_field("model")) writer_.string(target_.model);
  // No messages at all is a request to load the model.
  if (begin_field("messages")) OllamaMessages(writer_, notes_, *target_.preset).write(request_.messages(), options_);
  // The server streams unless it is told not to.
  if (begin_field("stream")) writer_.boolean(request_.stream());
}

void OllamaEncoder::write_tools() {
  const bool none = options_.tool_choice() && options_.tool_choice()->kind() == ToolChoice::Kind::none;
  if (none || fields_.has("tools")) return;
  const std::vector<CarriedTool> tools = carried_tools(options_.tools(), *target_.preset, notes_);
  if (tools.empty()) return;
  writer_.key("tools").begin_array();
  for (const CarriedTool& carried : tools) {
    const Tool& tool = *carried.tool;
    if (carried.is_own()) {
      writer_.raw(tool.raw().text());
      continue;
    }
    writer_.begin_object().key("type").string("function").key("function").begin_object();
    writer_.key("name").string(tool.name()).key("description").string(tool.description());
    writer_.key("parameters").raw(tool.parameters().text()).end_object();
    write_own_fields(writer_, tool.own_options(), *target_.preset, carried.place(), {"type", "function"});
    writer_.end_object();
  }
  writer_.end_array();
}

void OllamaEncoder::write_format() {
  const std::optional<ResponseFormat>& format = options_.response_format();
  if (!format || format->kind() == ResponseFormat::Kind::text || !begin_field("format")) return;
  if (format->schema()) {
    writer_.raw(schema_with_description(*format->schema()));
  } else {
    writer_.string("json");
  }
}

void OllamaEncoder::write_thinking() {
  const std::string& effort = options_.reasoning_effort();
  if (effort.empty() || !begin_field("think")) return;
  if (effort == "none") {
    writer_.boolean(false);
    return;
  }
  const std::string_view sent = nearest_effort(effort, efforts);
  if (sent != effort) notes_.cannot_carry("reasoning_effort", "Ollama has no \"" + effort + "\"; the nearest is sent");
  writer_.string(sent);
}

void OllamaEncoder::write_logprobs() {
  if (!options_.logprobs_requested()) return;
  if (begin_field("logprobs")) writer_.boolean(true);
  if (*options_.logprobs_requested() > 0 && begin_field("top_logprobs")) {
    writer_.integer(*options_.logprobs_requested());
  }
}

void OllamaEncoder::write_options() {
  option("temperature", options_.temperature());
  option("top_p", options_.top_p());
  option("top_k", options_.top_k());
  option("num_predict", options_.max_tokens());
  option("seed", options_.seed());
  option("presence_penalty", options_.presence_penalty());
  option("frequency_penalty", options_.frequency_penalty());
  if (!options_.stop().empty() && begin_option("stop")) {
    writer_.begin_array();
    for (const std::string& stop : options_.stop()) writer_.string(stop);
    writer_.end_array();
  }
  if (!inside_.empty() && !std::exchange(options_open_, true)) writer_.key("options").begin_object();
  inside_.write(writer_);
  if (options_open_) writer_.end_object();
}

}  // namespace

EncodedRequest OllamaCodec::encode(const Request& request, const Target& target) const {
  OllamaEncoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
