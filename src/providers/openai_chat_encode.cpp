#include <string>
#include <utility>

#include "json/writer.hpp"
#include "providers/extra_fields.hpp"
#include "providers/json_request.hpp"
#include "providers/named_options.hpp"
#include "providers/openai_chat.hpp"
#include "providers/openai_chat_messages.hpp"
#include "providers/openai_models.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"

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
        official_(is_openai_host(target.base_url)),
        model_(classify_openai_model(target.model)) {}

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  void number(std::string_view name, const std::optional<double>& value);
  void integer(std::string_view name, const std::optional<std::int64_t>& value);
  void text(std::string_view name, const std::string& value);

  void gather_extras();
  void write_head();
  void write_limits();
  void write_sampling();
  void write_penalties();
  void write_logprobs();
  void write_reasoning();
  void write_format();
  void write_tools();
  void write_tool_choice();
  void write_labels();
  bool refused(bool set, std::string_view name, bool taken);

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_;
  json::Writer writer_;
  ExtraFields extras_;
  bool official_;
  OpenAiModel model_;
  bool samples_ = true;
};

/// Writes the key, unless the user's own field takes its place.
bool Encoder::begin_field(std::string_view name) {
  if (!extras_.empty() && extras_.has(name)) return false;
  writer_.key(name);
  return true;
}

void Encoder::number(std::string_view name, const std::optional<double>& value) {
  if (value && begin_field(name)) writer_.number(*value);
}

void Encoder::integer(std::string_view name, const std::optional<std::int64_t>& value) {
  if (value && begin_field(name)) writer_.integer(*value);
}

void Encoder::text(std::string_view name, const std::string& value) {
  if (!value.empty() && begin_field(name)) writer_.string(value);
}

/// Notes an option that OpenAI's own servers would answer with an error.
bool Encoder::refused(bool set, std::string_view name, bool taken) {
  if (!set || taken || !official_) return false;
  notes_.cannot_carry(std::string(name), "the model " + target_.model + " does not take it");
  return true;
}

EncodedRequest Encoder::encode() {
  check_options(options_);
  check_text(target_.model, [] { return std::string("model"); });
  gather_extras();
  const bool reasons = model_.reasoning && !(options_.reasoning_effort() == "none" ||
                                             (model_.rests && options_.reasoning_effort().empty()));
  samples_ = model_.sampling == Sampling::always || (model_.sampling == Sampling::without_reasoning && !reasons);

  body_.reserve(1024);
  writer_.begin_object();
  write_head();
  write_limits();
  write_sampling();
  write_penalties();
  write_logprobs();
  write_reasoning();
  write_format();
  write_tools();
  write_tool_choice();
  write_labels();
  extras_.write(writer_);
  writer_.end_object();

  EncodedRequest encoded;
  encoded.http =
      json_post(target_.base_url + "/chat/completions", request_.stream() ? "text/event-stream" : "application/json");
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

void Encoder::gather_extras() {
  for (const auto& [name, value] : settled_.own()) extras_.add(name, value);
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
}

void Encoder::write_head() {
  if (begin_field("model")) writer_.string(target_.model);
  if (begin_field("messages")) {
    if (request_.messages().empty()) throw invalid("messages", "there are no messages");
    OpenAiChatMessages::Dialect dialect;
    dialect.provider = target_.preset->name;
    dialect.official = official_;
    dialect.developer_role = official_ && model_.reasoning;
    OpenAiChatMessages(writer_, notes_, dialect).write(request_.messages(), options_);
  }
  if (!request_.stream()) return;
  if (begin_field("stream")) writer_.boolean(true);
  if (begin_field("stream_options")) writer_.begin_object().key("include_usage").boolean(true).end_object();
}

void Encoder::write_limits() {
  // The old name is the only one that many local servers know, and one that reasoning models refuse.
  integer(official_ || model_.reasoning ? "max_completion_tokens" : "max_tokens", options_.max_tokens());
  if (!options_.stop().empty() && !refused(true, "stop", model_.takes_stop) && begin_field("stop")) {
    writer_.begin_array();
    for (const std::string& stop : options_.stop()) writer_.string(stop);
    writer_.end_array();
  }
  integer("n", options_.n());
  integer("seed", options_.seed());
}

void Encoder::write_sampling() {
  if (!refused(options_.temperature().has_value(), "temperature", samples_)) {
    number("temperature", options_.temperature());
  }
  if (!refused(options_.top_p().has_value(), "top_p", samples_)) number("top_p", options_.top_p());
  if (!options_.top_k()) return;
  if (official_) {
    notes_.cannot_carry("top_k", "OpenAI has no such option");
  } else {
    integer("top_k", options_.top_k());
  }
}

void Encoder::write_penalties() {
  const bool taken = !model_.reasoning;
  if (!refused(options_.presence_penalty().has_value(), "presence_penalty", taken)) {
    number("presence_penalty", options_.presence_penalty());
  }
  if (!refused(options_.frequency_penalty().has_value(), "frequency_penalty", taken)) {
    number("frequency_penalty", options_.frequency_penalty());
  }
}

void Encoder::write_logprobs() {
  const std::optional<std::int64_t>& alternatives = options_.logprobs_requested();
  if (!alternatives || refused(true, "logprobs", samples_)) return;
  if (begin_field("logprobs")) writer_.boolean(true);
  if (*alternatives > 0) integer("top_logprobs", alternatives);
}

void Encoder::write_reasoning() {
  if (refused(!options_.reasoning_effort().empty(), "reasoning_effort", model_.reasoning)) return;
  text("reasoning_effort", options_.reasoning_effort());
}

void Encoder::write_format() {
  if (!options_.response_format() || !begin_field("response_format")) return;
  const ResponseFormat& format = *options_.response_format();
  writer_.begin_object().key("type");
  if (format.kind() == ResponseFormat::Kind::text) {
    writer_.string("text");
  } else if (format.kind() == ResponseFormat::Kind::json) {
    writer_.string("json_object");
  } else {
    const JsonSchema& schema = *format.schema();
    writer_.string("json_schema").key("json_schema").begin_object().key("name").string(schema.name());
    if (!schema.description().empty()) writer_.key("description").string(schema.description());
    writer_.key("strict").boolean(schema.strict()).key("schema").raw(schema.schema().text()).end_object();
  }
  writer_.end_object();
}

void Encoder::write_tools() {
  if (options_.tools().empty() || !begin_field("tools")) return;
  writer_.begin_array();
  for (const Tool& tool : options_.tools()) {
    writer_.begin_object().key("type").string("function").key("function").begin_object();
    writer_.key("name").string(tool.name());
    if (!tool.description().empty()) writer_.key("description").string(tool.description());
    writer_.key("parameters").raw(tool.parameters().text());
    if (tool.strict()) writer_.key("strict").boolean(*tool.strict());
    writer_.end_object().end_object();
  }
  writer_.end_array();
}

void Encoder::write_tool_choice() {
  if (options_.tool_choice() && begin_field("tool_choice")) {
    const ToolChoice& choice = *options_.tool_choice();
    switch (choice.kind()) {
      case ToolChoice::Kind::automatic:
        writer_.string("auto");
        break;
      case ToolChoice::Kind::none:
        writer_.string("none");
        break;
      case ToolChoice::Kind::required:
        writer_.string("required");
        break;
      case ToolChoice::Kind::named:
        writer_.begin_object().key("type").string("function").key("function").begin_object();
        writer_.key("name").string(choice.name()).end_object().end_object();
    }
  }
  if (!options_.parallel_tool_calls()) return;
  // Servers refuse it where there are no tools.
  if (options_.tools().empty() && !extras_.has("tools")) {
    notes_.cannot_carry("parallel_tool_calls", "there are no tools");
  } else if (begin_field("parallel_tool_calls")) {
    writer_.boolean(*options_.parallel_tool_calls());
  }
}

void Encoder::write_labels() {
  text("user", options_.user());
  if (options_.metadata().empty() || !begin_field("metadata")) return;
  writer_.begin_object();
  for (const auto& [key, value] : options_.metadata()) writer_.key_text(key).string(value);
  writer_.end_object();
}

}  // namespace

EncodedRequest OpenAiChatCodec::encode(const Request& request, const Target& target) const {
  Encoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
