#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "json/writer.hpp"
#include "providers/domain.hpp"
#include "providers/extra_fields.hpp"
#include "providers/json_request.hpp"
#include "providers/named_options.hpp"
#include "providers/openai_models.hpp"
#include "providers/openai_responses.hpp"
#include "providers/openai_responses_items.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

class Encoder {
 public:
  Encoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), target.preset->family),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_),
        official_(is_in_domain(target.base_url, "openai.com")),
        model_(classify_openai_model(target.model)) {}

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  void gather_extras();
  void write_head();
  void write_sampling();
  void write_reasoning();
  void write_text();
  void write_format(const ResponseFormat& format);
  void write_include();
  void write_tools();
  void write_tool(const Tool& tool, std::size_t index);
  void write_tool_choice();
  void write_labels();
  void note_missing();
  bool refused(std::string_view name, bool taken);

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_;
  json::Writer writer_;
  ExtraFields extras_;
  std::string verbosity_;  ///< JSON
  std::string summary_;    ///< JSON
  bool official_;
  OpenAiModel model_;
};

bool Encoder::begin_field(std::string_view name) {
  if (extras_.has(name)) return false;
  writer_.key(name);
  return true;
}

/// Notes an option that OpenAI's own servers would answer with an error.
bool Encoder::refused(std::string_view name, bool taken) {
  if (taken || !official_) return false;
  notes_.cannot_carry(std::string(name), "the model " + target_.model + " does not take it");
  return true;
}

void Encoder::gather_extras() {
  for (const auto& [name, value] : settled_.own()) {
    if (name == "verbosity") {
      verbosity_ = value.text();
    } else if (name == "reasoning_summary") {
      summary_ = value.text();
    } else if (name == "logit_bias" || name == "prediction") {
      notes_.cannot_carry(name, "Chat Completions alone has it");
    } else {
      extras_.add(name, value);
    }
  }
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
}

EncodedRequest Encoder::encode() {
  check_options(options_);
  check_text(target_.model, [] { return std::string("model"); });
  gather_extras();
  body_.reserve(1024);
  writer_.begin_object();
  write_head();
  write_sampling();
  write_reasoning();
  write_text();
  write_include();
  write_tools();
  write_tool_choice();
  write_labels();
  extras_.write(writer_);
  writer_.end_object();
  note_missing();

  EncodedRequest encoded;
  encoded.http = json_post(target_.base_url + "/responses", request_.stream() ? "text/event-stream" : "application/json");
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

void Encoder::write_head() {
  if (begin_field("model")) writer_.string(target_.model);
  if (begin_field("input")) {
    OpenAiResponsesItems(writer_, notes_, target_.preset->name).write(request_.messages(), options_);
  }
  if (request_.stream() && begin_field("stream")) writer_.boolean(true);
  if (options_.max_tokens() && begin_field("max_output_tokens")) writer_.integer(*options_.max_tokens());
}

void Encoder::write_sampling() {
  const bool reasons = model_.reasoning && !(options_.reasoning_effort() == "none" ||
                                             (model_.rests && options_.reasoning_effort().empty()));
  const bool samples =
      model_.sampling == Sampling::always || (model_.sampling == Sampling::without_reasoning && !reasons);
  if (options_.temperature() && !refused("temperature", samples) && begin_field("temperature")) {
    writer_.number(*options_.temperature());
  }
  if (options_.top_p() && !refused("top_p", samples) && begin_field("top_p")) writer_.number(*options_.top_p());
  if (options_.logprobs_requested() && !refused("logprobs", samples) && *options_.logprobs_requested() > 0 &&
      begin_field("top_logprobs")) {
    writer_.integer(*options_.logprobs_requested());
  }
}

void Encoder::write_reasoning() {
  const std::string& effort = options_.reasoning_effort();
  const bool asks = !effort.empty() && !refused("reasoning_effort", model_.reasoning);
  if ((!asks && summary_.empty()) || !begin_field("reasoning")) return;
  writer_.begin_object();
  if (asks) writer_.key("effort").string(effort);
  if (!summary_.empty()) writer_.key("summary").raw(summary_);
  writer_.end_object();
}

void Encoder::write_text() {
  const auto& format = options_.response_format();
  if ((!format && verbosity_.empty()) || !begin_field("text")) return;
  writer_.begin_object();
  if (format) write_format(*format);
  if (!verbosity_.empty()) writer_.key("verbosity").raw(verbosity_);
  writer_.end_object();
}

void Encoder::write_format(const ResponseFormat& format) {
  writer_.key("format").begin_object().key("type");
  if (format.kind() == ResponseFormat::Kind::text) {
    writer_.string("text");
  } else if (format.kind() == ResponseFormat::Kind::json) {
    writer_.string("json_object");
  } else {
    const JsonSchema& schema = *format.schema();
    writer_.string("json_schema").key("name").string(schema.name());
    if (!schema.description().empty()) writer_.key("description").string(schema.description());
    writer_.key("strict").boolean(schema.strict()).key("schema").raw(schema.schema().text());
  }
  writer_.end_object();
}

void Encoder::write_include() {
  // What is not kept by OpenAI must come back sealed, or the next turn has lost it (providers.md, trap 99).
  const std::string* store = extras_.find("store");
  const bool sealed = store && ascii::trim(*store) == "false" && model_.reasoning;
  const bool logprobs = options_.logprobs_requested().has_value();
  if ((!sealed && !logprobs) || !begin_field("include")) return;
  writer_.begin_array();
  if (sealed) writer_.string("reasoning.encrypted_content");
  if (logprobs) writer_.string("message.output_text.logprobs");
  writer_.end_array();
}

void Encoder::write_tools() {
  if (options_.tools().empty() || !begin_field("tools")) return;
  writer_.begin_array();
  std::size_t index = 0;
  for (const Tool& tool : options_.tools()) write_tool(tool, index++);
  writer_.end_array();
}

void Encoder::write_tool(const Tool& tool, std::size_t index) {
  if (!tool.provider().empty()) {
    if (tool.provider() == target_.preset->family) {
      writer_.raw(tool.raw().text());
    } else {
      notes_.cannot_carry("tools/" + std::to_string(index), "a tool that " + tool.provider() + " runs does not exist here");
    }
    return;
  }
  writer_.begin_object().key("type").string("function").key("name").string(encode_tool_name(tool.name()));
  if (!tool.description().empty()) writer_.key("description").string(tool.description());
  writer_.key("parameters").raw(tool.parameters().text());
  if (tool.strict()) writer_.key("strict").boolean(*tool.strict());
  writer_.end_object();
}

void Encoder::write_tool_choice() {
  using Kind = ToolChoice::Kind;
  const bool tools = !options_.tools().empty() || extras_.has("tools");
  if (options_.tool_choice() && begin_field("tool_choice")) {
    const ToolChoice& choice = *options_.tool_choice();
    switch (choice.kind()) {
      case Kind::automatic: writer_.string("auto"); break;
      case Kind::none: writer_.string("none"); break;
      case Kind::required: writer_.string("required"); break;
      case Kind::named:
        writer_.begin_object().key("type").string("function");
        writer_.key("name").string(encode_tool_name(choice.name())).end_object();
    }
  }
  if (!options_.parallel_tool_calls()) return;
  if (!tools) {
    notes_.cannot_carry("parallel_tool_calls", "there are no tools");
  } else if (begin_field("parallel_tool_calls")) {
    writer_.boolean(*options_.parallel_tool_calls());
  }
}

void Encoder::write_labels() {
  if (!options_.user().empty() && begin_field("user")) writer_.string(options_.user());
  if (options_.metadata().empty() || !begin_field("metadata")) return;
  writer_.begin_object();
  for (const auto& [key, value] : options_.metadata()) writer_.key_text(key).string(value);
  writer_.end_object();
}

/// Options that this protocol has nothing for.
void Encoder::note_missing() {
  const auto note = [&](bool set, const char* name) {
    if (set && !extras_.has(name)) notes_.cannot_carry(name, "the Responses API has no such option");
  };
  note(options_.top_k().has_value(), "top_k");
  note(!options_.stop().empty(), "stop");
  note(options_.seed().has_value(), "seed");
  note(options_.presence_penalty().has_value(), "presence_penalty");
  note(options_.frequency_penalty().has_value(), "frequency_penalty");
  note(options_.n().value_or(1) != 1, "n");
}

}  // namespace

EncodedRequest OpenAiResponsesCodec::encode(const Request& request, const Target& target) const {
  Encoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
