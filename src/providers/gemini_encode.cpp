#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/spare_text.hpp"
#include "json/writer.hpp"
#include "providers/chat_fields.hpp"
#include "providers/described_answer.hpp"
#include "providers/extra_fields.hpp"
#include "providers/gemini.hpp"
#include "providers/gemini_contents.hpp"
#include "providers/gemini_schema.hpp"
#include "providers/gemini_tools.hpp"
#include "providers/json_elements.hpp"
#include "providers/json_request.hpp"
#include "providers/name_list.hpp"
#include "providers/named_options.hpp"
#include "providers/reasoning_effort.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/stops.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

namespace {

// Where the options that go by Google's own names belong (providers.md §4.2, §4.4); all others are fields of the body.
constexpr std::string_view in_generation_config[] = {"temperature",
                                                     "topP",
                                                     "topK",
                                                     "candidateCount",
                                                     "maxOutputTokens",
                                                     "stopSequences",
                                                     "seed",
                                                     "presencePenalty",
                                                     "frequencyPenalty",
                                                     "responseLogprobs",
                                                     "logprobs",
                                                     "responseModalities",
                                                     "mediaResolution",
                                                     "speechConfig",
                                                     "imageConfig",
                                                     "audioTimestamp",
                                                     "responseMimeType",
                                                     "responseSchema",
                                                     "thinkingConfig",
                                                     "responseJsonSchema",
                                                     "enableEnhancedCivicAnswers"};
constexpr std::string_view in_thinking_config[] = {"thinkingBudget", "thinkingLevel", "includeThoughts"};
constexpr std::string_view in_tool_config[] = {"functionCallingConfig", "retrievalConfig",
                                               "includeServerSideToolInvocations"};
constexpr std::string_view in_calling_config[] = {"mode", "allowedFunctionNames", "streamFunctionCallArguments"};

/// `thinking_budget` is taken for `thinkingBudget`, as Google does it.
std::string camel_case(std::string_view name) {
  std::string camel;
  bool up = false;
  for (const char c : name) {
    if (c == '_' && !camel.empty()) {
      up = true;
      continue;
    }
    camel += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    up = false;
  }
  return camel;
}

/// Tokens to think, where a model takes a number (providers.md §4.2).
std::int64_t gemini_budget_of(std::string_view effort) {
  if (effort == "minimal") return 512;
  if (effort == "low") return 1024;
  if (effort == "medium") return 8192;
  return 24'576;
}

class GeminiEncoder {
 public:
  GeminiEncoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), *target.preset),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_),
        model_(classify_gemini_model(target.model)),
        tools_(writer_, notes_, options_, target, model_) {}

  EncodedRequest encode();

 private:
  void gather_own();
  void write_messages();
  bool wants_json() const;
  bool has_format() const { return wants_json() && (model_.format_beside_tools || !tools_.has_functions()); }
  std::string format_in_words();
  bool has_config() const;
  void write_config();
  void write_sampling();
  void write_format();
  bool asks_for_effort() const;
  bool has_effort() const { return asks_for_effort() && model_.thinking != GeminiModel::Thinking::none; }
  std::string_view decide_level();
  void write_effort();
  void write_thinking();
  void write_labels();
  void note_missing();
  void number(std::string_view name, const std::optional<double>& value);
  void integer(std::string_view name, const std::optional<std::int64_t>& value);

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_ = SpareText::take();
  json::Writer writer_;
  GeminiModel model_;
  GeminiTools tools_;
  ExtraFields extras_;       ///< of the body
  ExtraFields config_;       ///< of its generationConfig
  ExtraFields thinking_;     ///< of the thinkingConfig in that
  ExtraFields tool_config_;  ///< of its toolConfig
  ExtraFields calling_;      ///< of the functionCallingConfig in that
  ExtraFields labels_;
  std::string safety_;  ///< elements of an array
};

void GeminiEncoder::gather_own() {
  for (const auto& [given, value] : settled_.own()) {
    const std::string name = camel_case(given);
    if (name == "safetySettings") {
      append_elements(safety_, value, given);
    } else if (is_one_of(in_thinking_config, name)) {
      thinking_.add(name, value);
    } else if (is_one_of(in_generation_config, name)) {
      config_.add(name, value);
    } else if (is_one_of(in_tool_config, name)) {
      tool_config_.add(name, value);
    } else if (is_one_of(in_calling_config, name)) {
      calling_.add(name, value);
    } else {
      extras_.add(given, value);
    }
  }
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
  leave_out_chat_fields(extras_, notes_, {"service_tier", "store"});
  if (thinking_.has("thinkingBudget") && thinking_.has("thinkingLevel")) {
    throw invalid("thinkingLevel", "a budget and a level exclude each other");
  }
  if (config_.has("thinkingConfig") && !thinking_.empty()) {
    throw invalid("thinkingConfig", "its fields cannot be set beside it");
  }
  for (const auto& [name, value] : options_.metadata()) {
    if (is_on_vertex(target_)) labels_.add(name, Json::of(value));
  }
}

EncodedRequest GeminiEncoder::encode() {
  check_options(options_);
  note_chat_members(notes_, request_, *target_.preset);
  check_text(target_.model, [] { return std::string("model"); });
  gather_own();
  body_.reserve(1024);
  writer_.begin_object();
  write_messages();
  write_config();
  if (!extras_.has("tools")) tools_.write_tools();
  if (!extras_.has("toolConfig")) tools_.write_config(tool_config_, calling_, extras_.has("tools"));
  write_labels();
  if (!safety_.empty() && !extras_.has("safetySettings")) writer_.key("safetySettings").raw("[" + safety_ + "]");
  extras_.write(writer_);
  writer_.end_object();
  note_missing();

  std::string url =
      gemini_model_url(target_) + (request_.stream() ? ":streamGenerateContent?alt=sse" : ":generateContent");
  EncodedRequest encoded;
  encoded.http = json_post(std::move(url), request_.stream() ? "text/event-stream" : "application/json");
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

void GeminiEncoder::write_messages() {
  const Turns turns = make_turns(request_.messages(), options_, notes_);
  GeminiContents contents(writer_, notes_, target_, model_);
  const std::string format = format_in_words();
  if ((!turns.system.empty() || !format.empty()) && !extras_.has("systemInstruction")) {
    writer_.key("systemInstruction");
    contents.write_system(turns, format);
  }
  if (!extras_.has("contents")) {
    writer_.key("contents");
    contents.write_turns(turns.turns);
  }
}

void GeminiEncoder::number(std::string_view name, const std::optional<double>& value) {
  if (value && !config_.has(name)) writer_.key(name).number(*value);
}

void GeminiEncoder::integer(std::string_view name, const std::optional<std::int64_t>& value) {
  if (value && !config_.has(name)) writer_.key(name).integer(*value);
}

bool GeminiEncoder::wants_json() const {
  const auto& format = options_.response_format();
  return format && format->kind() != ResponseFormat::Kind::text && !config_.has("responseMimeType");
}

/// Older models refuse a form of the answer beside functions: they are told in words (providers.md, trap 102).
std::string GeminiEncoder::format_in_words() {
  if (!wants_json() || has_format()) return {};
  notes_.cannot_carry("response_format",
                      "the model " + target_.model + " has none beside functions; it is told in words");
  std::string words = "When you answer without calling a function, answer with one JSON object and nothing else.";
  if (options_.response_format()->schema()) {
    words += " It follows this JSON Schema: " + schema_with_description(*options_.response_format()->schema());
  }
  return words;
}

bool GeminiEncoder::has_config() const {
  const Options& o = options_;
  const bool sampling = o.temperature() || o.top_p() || o.top_k() || o.max_tokens() || !o.stop().empty() || o.n() ||
                        o.seed() || o.presence_penalty() || o.frequency_penalty() || o.logprobs_requested();
  return sampling || has_format() || has_effort() || !config_.empty() || !thinking_.empty();
}

void GeminiEncoder::write_config() {
  if (extras_.has("generationConfig") || !has_config()) return;
  writer_.key("generationConfig").begin_object();
  write_sampling();
  write_format();
  write_thinking();
  config_.write(writer_);
  writer_.end_object();
}

void GeminiEncoder::write_sampling() {
  number("temperature", options_.temperature());
  number("topP", options_.top_p());
  integer("topK", options_.top_k());
  integer("maxOutputTokens", options_.max_tokens());
  if (!options_.stop().empty() && !config_.has("stopSequences")) {
    writer_.key("stopSequences");
    write_stops(writer_, notes_, options_.stop(), most_gemini_stops, "Gemini");
  }
  integer("candidateCount", options_.n());
  integer("seed", options_.seed());
  number("presencePenalty", options_.presence_penalty());
  number("frequencyPenalty", options_.frequency_penalty());
  if (!options_.logprobs_requested()) return;
  if (!config_.has("responseLogprobs")) writer_.key("responseLogprobs").boolean(true);
  if (*options_.logprobs_requested() > 0) integer("logprobs", options_.logprobs_requested());
}

void GeminiEncoder::write_format() {
  if (!has_format()) return;
  writer_.key("responseMimeType").string("application/json");
  const auto& schema = options_.response_format()->schema();
  const bool has_own = config_.has("responseSchema") || config_.has("responseJsonSchema");
  if (!schema || has_own) return;
  write_gemini_schema(writer_, notes_, model_, {"responseSchema", "responseJsonSchema"},
                      Json(schema_with_description(*schema)), "response_format/schema");
}

/// What the call says in Google's own words wins.
bool GeminiEncoder::asks_for_effort() const {
  const bool told = thinking_.has("thinkingBudget") || thinking_.has("thinkingLevel") || config_.has("thinkingConfig");
  return !options_.reasoning_effort().empty() && !told;
}

/// The level that the model takes and that comes nearest to what was asked for (providers.md §4.2, trap 88).
std::string_view GeminiEncoder::decide_level() {
  const std::string_view asked = options_.reasoning_effort();
  std::vector<std::string_view> levels;
  if (model_.thinks_least) levels.push_back("minimal");
  for (const char* level : {"low", "medium", "high"}) levels.push_back(level);
  if (model_.thinks_most) levels.push_back("xhigh");
  const std::string_view nearest = nearest_effort(asked, levels);
  if (nearest != asked) {
    notes_.cannot_carry("reasoning_effort", "\"" + std::string(asked) + "\" is not taken by the model " +
                                                target_.model + "; \"" + std::string(nearest) + "\" is sent");
  }
  return nearest;
}

void GeminiEncoder::write_effort() {
  const std::string_view effort = options_.reasoning_effort();
  if (model_.thinking == GeminiModel::Thinking::budget) {
    const bool can_rest = model_.can_rest || effort != "none";
    if (!can_rest)
      notes_.cannot_carry("reasoning_effort", "the model " + target_.model + " always thinks; least is sent");
    const std::int64_t least = model_.can_rest ? 0 : 128;
    writer_.key("thinkingBudget").integer(effort == "none" ? least : gemini_budget_of(effort));
  } else {
    writer_.key("thinkingLevel").string(decide_level());
  }
  if (effort != "none" && !thinking_.has("includeThoughts")) writer_.key("includeThoughts").boolean(true);
}

void GeminiEncoder::write_thinking() {
  if ((!has_effort() && thinking_.empty()) || config_.has("thinkingConfig")) return;
  writer_.key("thinkingConfig").begin_object();
  if (has_effort()) write_effort();
  thinking_.write(writer_);
  writer_.end_object();
}

/// Vertex AI keeps them with the bill (providers.md §4.9).
void GeminiEncoder::write_labels() {
  if (labels_.empty() || extras_.has("labels")) return;
  writer_.key("labels").begin_object();
  labels_.write(writer_);
  writer_.end_object();
}

/// Options that this protocol has nothing for.
void GeminiEncoder::note_missing() {
  if (asks_for_effort() && !has_effort()) {
    notes_.cannot_carry("reasoning_effort", "the model " + target_.model + " does not think");
  }
  if (!options_.user().empty()) notes_.cannot_carry("user", "Gemini has no such option");
  for (const auto& [key, value] : options_.metadata()) {
    if (!labels_.has(key)) notes_.cannot_carry("metadata/" + key, "Gemini keeps no metadata; Vertex AI does");
  }
}

}  // namespace

EncodedRequest GeminiCodec::encode(const Request& request, const Target& target) const {
  GeminiEncoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
