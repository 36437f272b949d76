#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "core/spare_text.hpp"
#include "json/writer.hpp"
#include "providers/anthropic_models.hpp"
#include "providers/anthropic_thinking.hpp"
#include "providers/bedrock.hpp"
#include "providers/bedrock_messages.hpp"
#include "providers/bedrock_model_fields.hpp"
#include "providers/bedrock_region.hpp"
#include "providers/bedrock_tools.hpp"
#include "providers/chat_fields.hpp"
#include "providers/claude_rules.hpp"
#include "providers/extra_fields.hpp"
#include "providers/format_in_words.hpp"
#include "providers/json_elements.hpp"
#include "providers/json_request.hpp"
#include "providers/named_options.hpp"
#include "providers/openai_models.hpp"
#include "providers/reasoning_effort.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

namespace {

class BedrockEncoder {
 public:
  BedrockEncoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), *target.preset),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_) {
    if (target.model.find("claude") != std::string::npos) {
      claude_ = classify_anthropic_model(target.model);
      rules_.emplace(*claude_, target_.model, notes_);
    }
    gpt_ = classify_openai_model(bedrock_openai_model(target.model));
  }

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  void gather_own();
  void decide_limit();
  void decide_thinking();
  void decide_format();
  void write_messages();
  void write_inference();
  void write_sampling();
  void write_stop();
  void write_output();
  void write_format();
  void write_model_fields();
  void write_labels();
  void note_missing();
  bool has_inference() const;
  bool takes_sampling() const;
  void decide_effort_of_gpt();
  std::string_view effort();

  const Request& request_;
  Target target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_ = SpareText::take();
  json::Writer writer_;
  std::optional<AnthropicModel> claude_;
  std::optional<ClaudeRules> rules_;
  OpenAiModel gpt_;  ///< one that takes everything, for a model that is none of OpenAI's
  ExtraFields extras_;
  ExtraFields inference_;
  ExtraFields model_fields_;
  ExtraFields guardrail_;
  std::string paths_;  ///< elements of an array
  Turns turns_;
  AnthropicThinking thinking_;
  std::string schema_;       ///< that the model has to follow
  std::string instruction_;  ///< for what the protocol cannot say
  bool tells_effort_ = false;
  std::string effort_;  ///< what is asked of a model of OpenAI's that reasons
};

bool BedrockEncoder::begin_field(std::string_view name) {
  if (extras_.has(name)) return false;
  writer_.key(name);
  return true;
}

void BedrockEncoder::gather_own() {
  for (const auto& [name, value] : settled_.own()) {
    if (name == "region") {
      move_to_region(target_, value, notes_);
    } else if (name == "inferenceConfig") {
      inference_.add_all(value, name);
    } else if (name == "additionalModelRequestFields") {
      model_fields_.add_all(value, name);
    } else if (name == "guardrailConfig") {
      guardrail_.add_all(value, name);
    } else if (name == "additionalModelResponseFieldPaths") {
      append_elements(paths_, value, name);
    } else {
      extras_.add(name, value);
    }
  }
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
  leave_out_chat_fields(extras_, notes_);
}

/// A beta feature lifts what Claude gives at most.
void BedrockEncoder::decide_limit() {
  const std::string* betas = claude_ ? model_fields_.find("anthropic_beta") : nullptr;
  if (!betas || betas->find("output-") == std::string::npos) return;
  claude_->most_output = std::numeric_limits<std::int64_t>::max();
}

/// What the effort that was asked for means to this model. To Claude it is what it is to Anthropic's own API.
void BedrockEncoder::decide_thinking() {
  if (gpt_.reasoning) return decide_effort_of_gpt();
  const std::string& effort = options_.reasoning_effort();
  const bool asked = !effort.empty() && effort != "none";
  if (!claude_) {
    if (effort == "none") {
      notes_.cannot_carry("reasoning_effort", "the model " + target_.model + " cannot be told not to think");
    }
    tells_effort_ = asked;
    return;
  }
  const std::string own = model_fields_.take("thinking");
  thinking_ = settle_thinking(*claude_, target_.model, options_, own.empty() ? nullptr : &own, notes_);
  rules_->rest_after_bare_calls(thinking_, turns_, *target_.preset, own.empty() ? "reasoning_effort" : "thinking");
  tells_effort_ = asked && claude_->effort && claude_->thinking != AnthropicModel::Thinking::none;
}

/// The rules of OpenAI's families hold here too (providers.md §1.8, trap 88).
void BedrockEncoder::decide_effort_of_gpt() {
  const std::string& asked = options_.reasoning_effort();
  effort_ = nearest_effort(asked, gpt_.efforts);
  tells_effort_ = !asked.empty();
  if (effort_ == asked) return;
  notes_.cannot_carry("reasoning_effort", "\"" + asked + "\" is not taken; \"" + effort_ + "\" is sent");
}

/// Claude's rules (providers.md §3.5, traps 86, 87) and OpenAI's (§1.8, trap 85) hold here too.
bool BedrockEncoder::takes_sampling() const {
  return claude_ ? claude_->sampling && !thinking_.thinks : samples(gpt_, effort_);
}

void BedrockEncoder::decide_format() {
  const auto& format = options_.response_format();
  if (!format || format->kind() == ResponseFormat::Kind::text) return;
  const std::string schema = format->schema() ? format->schema()->schema().text() : std::string();
  if (claude_) {
    ClaudeFormat made = rules_->format(*format, "Bedrock", schema);
    schema_ = std::move(made.schema);
    instruction_ = std::move(made.instruction);
  } else if (format->schema()) {
    schema_ = schema;
  } else {
    notes_.cannot_carry("response_format", "Bedrock has no JSON mode; the model is told to answer in JSON");
    instruction_ = format_in_words(*format);
  }
}

EncodedRequest BedrockEncoder::encode() {
  check_options(options_);
  note_chat_members(notes_, request_, *target_.preset);
  check_text(target_.model, [] { return std::string("model"); });
  gather_own();
  turns_ = make_turns(request_.messages(), options_, notes_);
  decide_limit();
  decide_thinking();
  decide_format();
  body_.reserve(1024);
  writer_.begin_object();
  write_messages();
  write_inference();
  if (!extras_.has("toolConfig")) {
    BedrockTools tools(writer_, notes_, options_, *target_.preset, rules_ ? &*rules_ : nullptr);
    tools.write(request_.messages(), !claude_ || (claude_->forced_tools && !thinking_.thinks));
  }
  write_output();
  write_model_fields();
  write_labels();
  extras_.write(writer_);
  writer_.end_object();
  note_missing();

  const char* operation = request_.stream() ? "converse-stream" : "converse";
  const char* accept = request_.stream() ? "application/vnd.amazon.eventstream" : "application/json";
  EncodedRequest encoded;
  encoded.http = json_post(bedrock_model_url(target_, operation), accept);
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

void BedrockEncoder::write_messages() {
  if (rules_ && !extras_.has("messages")) rules_->end_with_user(turns_, !schema_.empty());
  BedrockMessages messages(writer_, notes_, *target_.preset, claude_.has_value());
  if (begin_field("messages")) messages.write_turns(turns_.turns);
  if ((!turns_.system.empty() || !instruction_.empty()) && begin_field("system")) {
    messages.write_system(turns_, instruction_);
  }
}

bool BedrockEncoder::has_inference() const {
  const Options& o = options_;
  return o.max_tokens() || o.temperature() || o.top_p() || !o.stop().empty() || !inference_.empty();
}

void BedrockEncoder::write_inference() {
  if (!has_inference() || !begin_field("inferenceConfig")) return;
  writer_.begin_object();
  if (const auto most = options_.max_tokens(); most && !inference_.has("maxTokens")) {
    writer_.key("maxTokens").integer(rules_ ? rules_->limit(*most) : *most);
  }
  write_sampling();
  write_stop();
  inference_.write(writer_);
  writer_.end_object();
}

void BedrockEncoder::write_sampling() {
  const bool free = takes_sampling();
  const std::string why =
      "the model " + target_.model + " does not take it" + (thinking_.thinks ? " while it thinks" : "");
  const auto temperature = options_.temperature();
  const auto top_p = options_.top_p();
  if (temperature && free && !inference_.has("temperature")) {
    if (*temperature > 1) notes_.cannot_carry("temperature", "1 is the most that Bedrock takes");
    writer_.key("temperature").number(std::min(*temperature, 1.0));
  } else if (temperature && !free && !(claude_ && *temperature == 1) && !inference_.has("temperature")) {
    notes_.cannot_carry("temperature", why);
  }
  if (!top_p || inference_.has("topP")) return;
  if (!free) {
    notes_.cannot_carry("top_p", why);
  } else if (claude_ && temperature) {
    notes_.cannot_carry("top_p", "only one of temperature and top_p is taken");
  } else {
    writer_.key("topP").number(*top_p);
  }
}

void BedrockEncoder::write_stop() {
  if (inference_.has("stopSequences")) return;
  if (!options_.stop().empty() && !gpt_.takes_stop) {
    return notes_.cannot_carry("stop", "the model " + target_.model + " does not take it");
  }
  bool any = false;
  for (const std::string& stop : options_.stop()) {
    if (ascii::trim(stop).empty()) {
      notes_.cannot_carry("stop", "a text of white space only is not taken");
      continue;
    }
    if (!std::exchange(any, true)) writer_.key("stopSequences").begin_array();
    writer_.string(stop);
  }
  if (any) writer_.end_array();
}

std::string_view BedrockEncoder::effort() {
  if (gpt_.reasoning) return effort_;
  return rules_ ? rules_->effort(options_.reasoning_effort(), thinking_) : options_.reasoning_effort();
}

void BedrockEncoder::write_output() {
  const bool schema = !schema_.empty();
  const bool tells_effort = tells_effort_ && bedrock_effort_field(target_.model).empty();
  if ((!schema && !tells_effort) || !begin_field("outputConfig")) return;
  writer_.begin_object();
  if (schema) write_format();
  if (tells_effort) writer_.key("effort").string(effort());
  writer_.end_object();
}

/// The schema travels as a string.
void BedrockEncoder::write_format() {
  const JsonSchema& schema = *options_.response_format()->schema();
  writer_.key("textFormat").begin_object().key("type").string("json_schema");
  writer_.key("structure").begin_object().key("jsonSchema").begin_object();
  writer_.key("schema").string(schema_).key("name").string(schema.name());
  if (!schema.description().empty()) writer_.key("description").string(schema.description());
  writer_.end_object().end_object().end_object();
}

/// What Converse has no field for goes to the model by the model's own name.
void BedrockEncoder::write_model_fields() {
  const bool free = claude_ && claude_->sampling && !thinking_.thinks;
  const bool nested = bedrock_nests_top_k(target_.model);
  const bool told = model_fields_.has(nested ? "inferenceConfig" : "top_k");
  const bool top_k = options_.top_k() && (free || nested) && !told;
  if (options_.top_k() && nested && told) {
    notes_.cannot_carry("top_k", "the inferenceConfig among the model fields has its place");
  } else if (options_.top_k() && !top_k && !told) {
    notes_.cannot_carry("top_k", claude_ ? "the model " + target_.model + " does not take it"
                                         : "Bedrock has a name of its own for it in each model: "
                                           "use bedrock::Options::model_field");
  }
  const std::string_view effort_field = tells_effort_ ? bedrock_effort_field(target_.model) : std::string_view();
  const bool tells_effort = !effort_field.empty() && !model_fields_.has(effort_field);
  const bool thinking = !thinking_.json.empty();
  const bool any = top_k || thinking || tells_effort || !model_fields_.empty();
  if (any && begin_field("additionalModelRequestFields")) {
    writer_.begin_object();
    if (thinking) writer_.key("thinking").raw(thinking_.json);
    if (tells_effort) writer_.key(effort_field).string(effort());
    if (top_k && nested)
      writer_.key("inferenceConfig").begin_object().key("topK").integer(*options_.top_k()).end_object();
    if (top_k && !nested) writer_.key("top_k").integer(*options_.top_k());
    model_fields_.write(writer_);
    writer_.end_object();
  }
  if (!paths_.empty() && begin_field("additionalModelResponseFieldPaths")) writer_.raw("[" + paths_ + "]");
}

void BedrockEncoder::write_labels() {
  if (!guardrail_.empty() && begin_field("guardrailConfig")) {
    // How a stream is watched is a matter of streams alone.
    if (!request_.stream()) guardrail_.take("streamProcessingMode");
    writer_.begin_object();
    guardrail_.write(writer_);
    writer_.end_object();
  }
  if (options_.metadata().empty() || !begin_field("requestMetadata")) return;
  writer_.begin_object();
  for (const auto& [key, value] : options_.metadata()) writer_.key_text(key).string(value);
  writer_.end_object();
}

/// Options that this protocol has nothing for.
void BedrockEncoder::note_missing() {
  const auto note = [&](bool set, const char* name) {
    if (set && !extras_.has(name)) notes_.cannot_carry(name, "Bedrock has no such option");
  };
  note(options_.seed().has_value(), "seed");
  note(options_.presence_penalty().has_value(), "presence_penalty");
  note(options_.frequency_penalty().has_value(), "frequency_penalty");
  note(options_.logprobs_requested().has_value(), "logprobs");
  note(options_.n().value_or(1) != 1, "n");
  note(!options_.user().empty(), "user");
  note(options_.parallel_tool_calls() == false, "parallel_tool_calls");
}

}  // namespace

EncodedRequest BedrockCodec::encode(const Request& request, const Target& target) const {
  BedrockEncoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
