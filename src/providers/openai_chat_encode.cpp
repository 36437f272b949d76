#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "core/spare_text.hpp"
#include "json/blanks.hpp"
#include "json/writer.hpp"
#include "providers/carried_tools.hpp"
#include "providers/extra_fields.hpp"
#include "providers/json_members.hpp"
#include "providers/json_request.hpp"
#include "providers/json_word.hpp"
#include "providers/named_options.hpp"
#include "providers/openai_chat.hpp"
#include "providers/openai_chat_dialect.hpp"
#include "providers/openai_chat_messages.hpp"
#include "providers/openai_models.hpp"
#include "providers/own_fields.hpp"
#include "providers/reasoning_effort.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/schema_recursion.hpp"
#include "providers/stops.hpp"
#include "providers/strict_schema.hpp"
#include "providers/thought_before_calls.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// Names that the Responses API has and this one answers with an error.
constexpr const char* responses_only[] = {
    "reasoning_summary", "reasoning_context", "reasoning_mode", "previous_response_id", "conversation", "include",
    "max_tool_calls",    "background",        "truncation",     "context_management",   "prompt"};

class OpenAiChatEncoder {
 public:
  OpenAiChatEncoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        dialect_(openai_chat_dialect(target)),
        settled_(request.options(), *target.preset),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_),
        official_(dialect_.openai_models && !openai_name(target.model).empty()),
        model_(classify_openai_model(official_ ? openai_name(target.model) : target.model)) {}

  EncodedRequest encode();

 private:
  bool left_out(std::string_view option);
  bool begin_field(std::string_view name);
  bool begin_option(std::string_view name);
  void number(std::string_view name, const std::optional<double>& value);
  void integer(std::string_view name, const std::optional<std::int64_t>& value);
  void text(std::string_view name, const std::string& value);

  void gather_extras();
  std::optional<bool> told_by_field() const;
  std::optional<bool> told_to_think() const;
  void decide_tool_choice();
  void leave_out_extra(const char* name, const char* why);
  void decide_effort();
  void rest_after_bare_calls();
  bool has_tools() const { return !tools_.empty() || extras_.has("tools"); }
  void write_head();
  void write_messages();
  void write_limits();
  void write_sampling();
  void write_penalties();
  void write_logprobs();
  void write_reasoning();
  void write_format();
  bool is_refused_circle(const Json& schema) const;
  void write_schema(const JsonSchema& schema);
  SentSchema arguments_of(const Tool& tool, const std::string& place);
  void write_tools();
  void write_tool(const CarriedTool& carried);
  void write_tool_choice();
  void write_word(std::string_view word, bool same);
  void write_parallel();
  void write_labels();
  void write_prefill();
  bool refused(bool set, std::string_view name, bool taken);

  const Request& request_;
  const Target& target_;
  const OpenAiChatDialect& dialect_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_ = SpareText::take();
  json::Writer writer_;
  ExtraFields extras_;
  std::vector<CarriedTool> tools_;
  std::string obfuscation_;  ///< JSON
  bool official_;
  OpenAiModel model_;
  std::string effort_;  ///< what is asked of the server
  bool thinks_ = false;
  bool samples_ = true;
  std::optional<ToolChoice> choice_;
};

/// Notes an option that the server, or this model of it, has not.
bool OpenAiChatEncoder::left_out(std::string_view option) {
  if (dialect_.refuses(option)) {
    notes_.cannot_carry(std::string(option), target_.preset->name + " does not take it");
    return true;
  }
  if (thinks_ && dialect_.ignores(option)) {
    notes_.cannot_carry(std::string(option), "a model that thinks does not look at it");
    return true;
  }
  const std::vector<std::string>& by_model = dialect_.refused_by(target_.model);
  if (std::find(by_model.begin(), by_model.end(), option) == by_model.end()) return false;
  notes_.cannot_carry(std::string(option), "the model " + target_.model + " does not take it");
  return true;
}

/// Writes the key, unless the user's own field takes its place.
bool OpenAiChatEncoder::begin_field(std::string_view name) {
  if (!extras_.empty() && extras_.has(name)) return false;
  writer_.key_text(name);
  return true;
}

/// The same for an option by our name for it.
bool OpenAiChatEncoder::begin_option(std::string_view name) {
  return !left_out(name) && begin_field(dialect_.name_of(name));
}

void OpenAiChatEncoder::number(std::string_view name, const std::optional<double>& value) {
  if (value && begin_option(name)) writer_.number(*value);
}

void OpenAiChatEncoder::integer(std::string_view name, const std::optional<std::int64_t>& value) {
  if (value && begin_option(name)) writer_.integer(*value);
}

void OpenAiChatEncoder::text(std::string_view name, const std::string& value) {
  if (!value.empty() && begin_option(name)) writer_.string(value);
}

/// Notes an option that OpenAI's own models would answer with an error.
bool OpenAiChatEncoder::refused(bool set, std::string_view name, bool taken) {
  if (!set || taken || !official_) return false;
  notes_.cannot_carry(std::string(name), "the model " + target_.model + " does not take it");
  return true;
}

EncodedRequest OpenAiChatEncoder::encode() {
  check_options(options_);
  check_text(target_.model, [] { return std::string("model"); });
  gather_extras();
  if (!extras_.has("tools")) tools_ = carried_tools(options_.tools(), *target_.preset, notes_);
  decide_effort();
  rest_after_bare_calls();
  decide_tool_choice();
  thinks_ = told_to_think().value_or(dialect_.thinks_unasked);
  samples_ = samples(model_, effort_);

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
  write_parallel();
  write_labels();
  write_prefill();
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

void OpenAiChatEncoder::gather_extras() {
  for (const auto& [name, value] : settled_.own()) extras_.add(name, value);
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
  if (extras_.empty()) return;
  for (const std::vector<std::string>* names : {&dialect_.refused, &dialect_.refused_by(target_.model)}) {
    for (const std::string& name : *names) {
      if (!extras_.take(name).empty()) left_out(name);
    }
  }
  if (target_.preset->family == "openai") {
    for (const char* name : responses_only) leave_out_extra(name, "the Responses API alone has it");
    obfuscation_ = extras_.take("include_obfuscation");
  }
  if (!request_.stream()) leave_out_extra("stream_options", "it is an error where no stream is asked for");
  if (official_ && model_.reasoning) leave_out_extra("logit_bias", "a reasoning model does not take it");
}

void OpenAiChatEncoder::leave_out_extra(const char* name, const char* why) {
  if (!extras_.take(name).empty()) notes_.cannot_carry(name, why);
}

/// The effort that the model takes and that comes nearest to what was asked for.
void OpenAiChatEncoder::decide_effort() {
  effort_ = options_.reasoning_effort();
  if (refused(!effort_.empty(), "reasoning_effort", model_.reasoning)) effort_.clear();
  if (official_ && model_.rests_for_tools && has_tools() && effort_ != "none") {
    effort_ = "none";
    notes_.cannot_carry("reasoning_effort", target_.model + " takes tools on this API only with the effort \"none\"");
    return;
  }
  if (effort_.empty() || (effort_ == "none" && !dialect_.no_reasoning.empty())) return;
  const std::string nearest(official_ ? nearest_effort(effort_, model_.efforts)
                                      : nearest_effort(effort_, dialect_.efforts));
  if (nearest == effort_) return;
  notes_.cannot_carry("reasoning_effort", "\"" + effort_ + "\" is not taken; \"" + nearest + "\" is sent");
  effort_ = nearest;
}

/// Whether the user told the model to think, or not to, in a field of the server's own.
std::optional<bool> OpenAiChatEncoder::told_by_field() const {
  if (dialect_.no_reasoning.empty()) return std::nullopt;
  ExtraFields off;
  off.add_all(Json(dialect_.no_reasoning), "no_reasoning");
  for (const auto& [name, value] : off) {
    const std::string* given = extras_.find(name);
    if (given) return json::without_blanks(*given) != json::without_blanks(value);
  }
  return std::nullopt;
}

/// Whether the user told the model to think, or not to; nothing when that was left to it.
std::optional<bool> OpenAiChatEncoder::told_to_think() const {
  if (const std::optional<bool> told = told_by_field()) return told;
  if (effort_.empty()) return std::nullopt;
  return effort_ != "none";
}

/// A model that thinks must be given back what it thought before the calls that are answered; where it did not, or
/// another model made them, it is told not to think (providers.md §6.4, trap 96).
void OpenAiChatEncoder::rest_after_bare_calls() {
  const std::string& field = dialect_.returned_reasoning;
  if (field.empty() || dialect_.no_reasoning.empty()) return;
  // What the user says in the server's own words wins.
  if (told_by_field() || !told_to_think().value_or(dialect_.thinks_unasked)) return;
  if (thought_before_calls(request_.messages(), *target_.preset, field)) return;
  if (!effort_.empty()) {
    notes_.cannot_carry("reasoning_effort",
                        "the tools that are answered were called without a thought: the model may not think now");
  }
  effort_ = "none";
}

/// Some servers refuse a forced tool while the model thinks (providers.md, trap 80). One that would think only because
/// nothing was said about it is told not to.
void OpenAiChatEncoder::decide_tool_choice() {
  choice_ = options_.tool_choice();
  if (!choice_ || dialect_.forced_tools_while_thinking || !has_tools() || extras_.has("tool_choice")) return;
  if (choice_->kind() != ToolChoice::Kind::required && choice_->kind() != ToolChoice::Kind::named) return;
  const std::optional<bool> told = told_to_think();
  if (!told.value_or(dialect_.thinks_unasked)) return;
  if (!told && !dialect_.no_reasoning.empty()) {
    effort_ = "none";
    return;
  }
  notes_.cannot_carry("tool_choice", "a model that thinks cannot be made to call a tool there; it may choose");
  choice_ = ToolChoice(ToolChoice::Kind::automatic);
}

void OpenAiChatEncoder::write_head() {
  if (begin_field("model")) writer_.string(target_.model);
  if (begin_field("messages")) write_messages();
  if (!request_.stream()) return;
  if (begin_field("stream")) writer_.boolean(true);
  // Without it most servers count nothing, and some know it not at all.
  if (dialect_.refuses("stream_options") || !begin_field("stream_options")) return;
  writer_.begin_object().key("include_usage").boolean(true);
  if (!obfuscation_.empty()) writer_.key("include_obfuscation").raw(obfuscation_);
  writer_.end_object();
}

void OpenAiChatEncoder::write_messages() {
  if (request_.messages().empty()) throw invalid("messages", "there are no messages");
  const bool developer_role = official_ && model_.reasoning;
  OpenAiChatMessages(writer_, notes_, target_, developer_role).write(request_.messages(), options_);
}

void OpenAiChatEncoder::write_limits() {
  // The old name is the only one that many local servers know, and one that reasoning models refuse.
  const bool renamed = dialect_.name_of("max_tokens") != "max_tokens";
  const bool new_name = !renamed && (official_ || model_.reasoning);
  if (new_name && options_.max_tokens()) {
    if (begin_field("max_completion_tokens")) writer_.integer(*options_.max_tokens());
  } else {
    integer("max_tokens", options_.max_tokens());
  }
  if (!options_.stop().empty() && !refused(true, "stop", model_.takes_stop) && begin_option("stop")) {
    write_stops(writer_, notes_, options_.stop(), dialect_.most_stops, target_.preset->name);
  }
  const bool one = options_.n() == 1;
  if (!(one && dialect_.refuses("n"))) integer("n", options_.n());
  integer("seed", options_.seed());
}

void OpenAiChatEncoder::write_sampling() {
  if (!refused(options_.temperature().has_value(), "temperature", samples_)) {
    number("temperature", options_.temperature());
  }
  if (!refused(options_.top_p().has_value(), "top_p", samples_)) number("top_p", options_.top_p());
  integer("top_k", options_.top_k());
}

void OpenAiChatEncoder::write_penalties() {
  const bool taken = !model_.reasoning;
  if (!refused(options_.presence_penalty().has_value(), "presence_penalty", taken)) {
    number("presence_penalty", options_.presence_penalty());
  }
  if (!refused(options_.frequency_penalty().has_value(), "frequency_penalty", taken)) {
    number("frequency_penalty", options_.frequency_penalty());
  }
}

void OpenAiChatEncoder::write_logprobs() {
  const std::optional<std::int64_t>& alternatives = options_.logprobs_requested();
  if (!alternatives || refused(true, "logprobs", samples_) || !begin_option("logprobs")) return;
  if (dialect_.integer_logprobs) {
    writer_.integer(std::max<std::int64_t>(*alternatives, 1));
    return;
  }
  writer_.boolean(true);
  if (*alternatives > 0 && begin_field("top_logprobs")) writer_.integer(*alternatives);
}

void OpenAiChatEncoder::write_reasoning() {
  if (effort_ == "none" && !dialect_.no_reasoning.empty()) {
    write_members(writer_, dialect_.no_reasoning, "no_reasoning", extras_);
  } else {
    text("reasoning_effort", effort_);
  }
}

void OpenAiChatEncoder::write_format() {
  if (!options_.response_format()) return;
  const ResponseFormat& format = *options_.response_format();
  if (!dialect_.format_beside_tools && has_tools() && format.kind() != ResponseFormat::Kind::text) {
    return notes_.cannot_carry("response_format", target_.preset->name + " takes none beside tools");
  }
  if (!begin_option("response_format")) return;
  const bool taken = dialect_.json_schema && !(format.schema() && is_refused_circle(format.schema()->schema()));
  const bool schema = format.kind() == ResponseFormat::Kind::json_schema && taken;
  writer_.begin_object().key("type");
  if (format.kind() == ResponseFormat::Kind::text) {
    writer_.string("text");
  } else if (schema) {
    write_schema(*format.schema());
  } else {
    writer_.string("json_object");
    if (format.schema()) {
      notes_.cannot_carry("response_format/schema",
                          target_.preset->name +
                              (dialect_.json_schema ? " takes none that holds itself" : " takes no schema") +
                              "; any JSON object is asked for");
    }
    if (dialect_.json_word && !mentions_json(request_.messages())) {
      notes_.cannot_carry("response_format", json_word_missing);
    }
  }
  writer_.end_object();
}

/// A schema that holds itself, where none such is enforced (providers.md, trap 78).
bool OpenAiChatEncoder::is_refused_circle(const Json& schema) const {
  return !dialect_.recursive_schemas && holds_itself(schema.text());
}

void OpenAiChatEncoder::write_schema(const JsonSchema& schema) {
  writer_.string("json_schema").key("json_schema").begin_object().key("name").string(schema.name());
  if (!schema.description().empty()) writer_.key("description").string(schema.description());
  const SentSchema sent = official_ && schema.strict()
                              ? strict_schema_or_plain(schema.schema(), "response_format", notes_)
                              : SentSchema{schema.schema().text(), schema.strict()};
  writer_.key("strict").boolean(sent.strict).key("schema").raw(sent.schema).end_object();
}

void OpenAiChatEncoder::write_tools() {
  if (tools_.empty() || !begin_option("tools")) return;
  writer_.begin_array();
  for (const CarriedTool& carried : tools_) write_tool(carried);
  writer_.end_array();
}

SentSchema OpenAiChatEncoder::arguments_of(const Tool& tool, const std::string& place) {
  const bool strict = tool.strict() == true;
  if (strict && official_) return strict_schema_or_plain(tool.parameters(), place, notes_);
  const bool refused = strict && is_refused_circle(tool.parameters());
  if (refused) {
    notes_.cannot_carry(place + "/strict", target_.preset->name + " enforces no schema that holds itself");
  }
  return SentSchema{tool.parameters().text(), strict && !refused};
}

void OpenAiChatEncoder::write_tool(const CarriedTool& carried) {
  const Tool& tool = *carried.tool;
  if (carried.is_own()) return void(writer_.raw(tool.raw().text()));
  const std::string place = carried.place();
  ExtraFields beside, inside;
  add_own_fields(beside, tool.own_options(), *target_.preset, place);
  if (const std::string inner = beside.take("function"); !inner.empty()) {
    inside.add_all(Json(inner), place + "/function");
  }
  writer_.begin_object().key("type").string("function").key("function").begin_object();
  writer_.key("name").string(official_ ? offered_tool_name(tool.name(), longest_openai_name, place, "OpenAI")
                                       : encode_tool_name(tool.name()));
  if (!tool.description().empty()) writer_.key("description").string(tool.description());
  const SentSchema sent = arguments_of(tool, place);
  writer_.key("parameters").raw(sent.schema);
  if (tool.strict()) writer_.key("strict").boolean(sent.strict);
  write_own_fields(writer_, inside, place + "/function", {"name", "description", "parameters", "strict"});
  writer_.end_object();
  write_own_fields(writer_, beside, place, {"type"});
  writer_.end_object();
}

void OpenAiChatEncoder::write_tool_choice() {
  if (!choice_) return;
  if (!has_tools() && !extras_.has("tool_choice")) return notes_.cannot_carry("tool_choice", "there are no tools");
  if (!begin_option("tool_choice")) return;
  const ToolChoice& choice = *choice_;
  switch (choice.kind()) {
    case ToolChoice::Kind::automatic:
      writer_.string("auto");
      return;
    case ToolChoice::Kind::none:
      writer_.string("none");
      return;
    case ToolChoice::Kind::required:
      return write_word(dialect_.required_tool, dialect_.required_tool != "auto");
    case ToolChoice::Kind::named:
      if (!dialect_.named_tool.empty()) return write_word(dialect_.named_tool, false);
      writer_.begin_object().key("type").string("function").key("function").begin_object();
      writer_.key("name").string(encode_tool_name(choice.name())).end_object().end_object();
  }
}

/// A word that stands for a choice, and whether it means the same.
void OpenAiChatEncoder::write_word(std::string_view word, bool same) {
  writer_.string(word);
  if (!same) notes_.cannot_carry("tool_choice", target_.preset->name + " has no such choice; the nearest is sent");
}

void OpenAiChatEncoder::write_parallel() {
  if (!options_.parallel_tool_calls()) return;
  // Servers refuse it where there are no tools.
  if (!has_tools()) {
    notes_.cannot_carry("parallel_tool_calls", "there are no tools");
  } else if (begin_option("parallel_tool_calls")) {
    writer_.boolean(*options_.parallel_tool_calls());
  }
}

void OpenAiChatEncoder::write_labels() {
  text("user", options_.user());
  if (options_.metadata().empty() || extras_.has("metadata")) return;
  const std::string* store = extras_.find("store");
  if (official_ && !(store && ascii::trim(*store) == "true")) {
    return notes_.cannot_carry("metadata", "OpenAI keeps it with answers that it stores alone: set `store`");
  }
  if (!begin_option("metadata")) return;
  writer_.begin_object();
  for (const auto& [key, value] : options_.metadata()) writer_.key_text(key).string(value);
  writer_.end_object();
}

/// What makes the model go on with a last message of its own.
void OpenAiChatEncoder::write_prefill() {
  if (dialect_.prefill_request.empty() || request_.messages().empty()) return;
  const Message& last = request_.messages().back();
  const bool calls = std::any_of(last.parts().begin(), last.parts().end(),
                                 [](const Part& part) { return part.kind() == PartKind::tool_call; });
  if (last.role() != Role::assistant || calls) return;
  write_members(writer_, dialect_.prefill_request, "prefill_request", extras_);
}

}  // namespace

EncodedRequest OpenAiChatCodec::encode(const Request& request, const Target& target) const {
  OpenAiChatEncoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
