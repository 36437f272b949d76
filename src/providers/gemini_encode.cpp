#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "json/writer.hpp"
#include "providers/extra_fields.hpp"
#include "providers/gemini.hpp"
#include "providers/gemini_contents.hpp"
#include "providers/json_request.hpp"
#include "providers/named_options.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/schema_subset.hpp"
#include "providers/tool_naming.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view in_generation_config[] = {
    "responseModalities", "mediaResolution", "speechConfig",       "imageConfig",        "audioTimestamp",
    "responseSchema",     "responseMimeType", "responseJsonSchema", "enableEnhancedCivicAnswers"};
constexpr std::string_view in_thinking_config[] = {"thinkingBudget", "thinkingLevel", "includeThoughts"};

template <std::size_t Size>
bool contains(const std::string_view (&names)[Size], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// Tokens to think, where a model takes a number (providers.md §4.2).
std::int64_t budget_of(std::string_view effort) {
  if (effort == "minimal") return 512;
  if (effort == "low") return 1024;
  if (effort == "medium") return 8192;
  return 24'576;
}

class Encoder {
 public:
  Encoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), target.preset->family),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_),
        model_(classify_gemini_model(target.model)) {}

  EncodedRequest encode();

 private:
  void gather_own();
  void gather_safety(const Json& list);
  void write_messages();
  bool has_config() const;
  void write_config();
  void write_sampling();
  void write_format();
  void write_thinking();
  void write_tools();
  void write_function(const Tool& tool, std::size_t index);
  void write_schema(std::string_view name, std::string_view json_name, const Json& schema, const std::string& place);
  void write_tool_choice();
  void note_missing();
  void number(std::string_view name, const std::optional<double>& value);
  void integer(std::string_view name, const std::optional<std::int64_t>& value);

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_;
  json::Writer writer_;
  GeminiModel model_;
  ExtraFields extras_;    ///< of the body
  ExtraFields config_;    ///< of its generationConfig
  ExtraFields thinking_;  ///< of the thinkingConfig in that
  std::string safety_;    ///< elements of an array
};

void Encoder::gather_own() {
  for (const auto& [name, value] : settled_.own()) {
    if (name == "safetySettings") {
      gather_safety(value);
    } else if (contains(in_thinking_config, name)) {
      thinking_.add(name, value);
    } else if (contains(in_generation_config, name)) {
      config_.add(name, value);
    } else {
      extras_.add(name, value);
    }
  }
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
}

void Encoder::gather_safety(const Json& list) {
  const std::string_view text = ascii::trim(list.text());
  if (!text.starts_with('[')) throw invalid("safetySettings", "must be a JSON array");
  const std::string_view inner = ascii::trim(text.substr(1, text.size() - 2));
  if (inner.empty()) return;
  if (!safety_.empty()) safety_ += ',';
  safety_ += inner;
}

EncodedRequest Encoder::encode() {
  check_options(options_);
  check_text(target_.model, [] { return std::string("model"); });
  gather_own();
  body_.reserve(1024);
  writer_.begin_object();
  write_messages();
  write_config();
  write_tools();
  write_tool_choice();
  if (!safety_.empty() && !extras_.has("safetySettings")) writer_.key("safetySettings").raw("[" + safety_ + "]");
  extras_.write(writer_);
  writer_.end_object();
  note_missing();

  std::string url = gemini_model_url(target_) + (request_.stream() ? ":streamGenerateContent?alt=sse" : ":generateContent");
  EncodedRequest encoded;
  encoded.http = json_post(std::move(url), request_.stream() ? "text/event-stream" : "application/json");
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

void Encoder::write_messages() {
  const Turns turns = make_turns(request_.messages(), options_, notes_);
  GeminiContents contents(writer_, notes_, target_.preset->name, target_.preset->family, model_);
  if (!turns.system.empty() && !extras_.has("systemInstruction")) {
    writer_.key("systemInstruction");
    contents.write_system(turns.system);
  }
  if (!extras_.has("contents")) {
    writer_.key("contents");
    contents.write_turns(turns.turns);
  }
}

void Encoder::number(std::string_view name, const std::optional<double>& value) {
  if (value && !config_.has(name)) writer_.key(name).number(*value);
}

void Encoder::integer(std::string_view name, const std::optional<std::int64_t>& value) {
  if (value && !config_.has(name)) writer_.key(name).integer(*value);
}

bool Encoder::has_config() const {
  const Options& o = options_;
  const bool sampling = o.temperature() || o.top_p() || o.top_k() || o.max_tokens() || !o.stop().empty() || o.n() ||
                        o.seed() || o.presence_penalty() || o.frequency_penalty() || o.logprobs_requested();
  const bool format = o.response_format() && o.response_format()->kind() != ResponseFormat::Kind::text;
  const bool effort = !o.reasoning_effort().empty();
  return sampling || format || effort || !config_.empty() || !thinking_.empty();
}

void Encoder::write_config() {
  if (extras_.has("generationConfig") || !has_config()) return;
  writer_.key("generationConfig").begin_object();
  write_sampling();
  write_format();
  write_thinking();
  config_.write(writer_);
  writer_.end_object();
}

void Encoder::write_sampling() {
  number("temperature", options_.temperature());
  number("topP", options_.top_p());
  integer("topK", options_.top_k());
  integer("maxOutputTokens", options_.max_tokens());
  if (!options_.stop().empty() && !config_.has("stopSequences")) {
    writer_.key("stopSequences").begin_array();
    for (const std::string& stop : options_.stop()) writer_.string(stop);
    writer_.end_array();
  }
  integer("candidateCount", options_.n());
  integer("seed", options_.seed());
  number("presencePenalty", options_.presence_penalty());
  number("frequencyPenalty", options_.frequency_penalty());
  if (!options_.logprobs_requested()) return;
  writer_.key("responseLogprobs").boolean(true);
  if (*options_.logprobs_requested() > 0) integer("logprobs", options_.logprobs_requested());
}

void Encoder::write_format() {
  const auto& format = options_.response_format();
  if (!format || format->kind() == ResponseFormat::Kind::text || config_.has("responseMimeType")) return;
  writer_.key("responseMimeType").string("application/json");
  if (format->kind() != ResponseFormat::Kind::json_schema) return;
  write_schema("responseSchema", "responseJsonSchema", format->schema()->schema(), "response_format/schema");
}

/// Real JSON Schema where the model takes it, else what of it the older form has.
void Encoder::write_schema(std::string_view name, std::string_view json_name, const Json& schema,
                           const std::string& place) {
  if (model_.json_schema) {
    writer_.key(json_name).raw(schema.text());
    return;
  }
  const SchemaSubset subset = without_keywords(
      schema.text(), {"additionalProperties", "$schema", "$id", "const", "oneOf", "allOf", "not", "patternProperties",
                      "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems"});
  for (const std::string& keyword : subset.dropped) {
    // They only repeat what the older form takes for granted.
    if (keyword == "additionalProperties" || keyword == "$schema" || keyword == "$id") continue;
    notes_.cannot_carry(place, "the model " + target_.model + " does not know the keyword " + keyword);
  }
  writer_.key(name).raw(subset.schema);
}

void Encoder::write_thinking() {
  using Thinking = GeminiModel::Thinking;
  const std::string& effort = options_.reasoning_effort();
  const bool told = thinking_.has("thinkingBudget") || thinking_.has("thinkingLevel") || config_.has("thinkingConfig");
  const bool asks = !effort.empty() && !told;
  if (asks && model_.thinking == Thinking::none) {
    notes_.cannot_carry("reasoning_effort", "the model " + target_.model + " does not think");
  }
  const bool writes = asks && model_.thinking != Thinking::none;
  if (!writes && thinking_.empty()) return;
  writer_.key("thinkingConfig").begin_object();
  if (writes && effort == "none" && !model_.can_rest) {
    notes_.cannot_carry("reasoning_effort", "the model " + target_.model + " always thinks; it is told to think least");
  }
  if (writes && model_.thinking == Thinking::budget) {
    const std::int64_t least = model_.can_rest ? 0 : 128;
    writer_.key("thinkingBudget").integer(effort == "none" ? least : budget_of(effort));
  } else if (writes) {
    const bool least = effort == "none" || effort == "minimal";
    const bool most = effort == "xhigh" || effort == "max";
    writer_.key("thinkingLevel").string(least ? "minimal" : most ? "high" : std::string_view(effort));
  }
  if (writes && effort != "none" && !thinking_.has("includeThoughts")) writer_.key("includeThoughts").boolean(true);
  thinking_.write(writer_);
  writer_.end_object();
}

void Encoder::write_tools() {
  if (options_.tools().empty() || extras_.has("tools")) return;
  writer_.key("tools").begin_array();
  bool functions = false;
  for (std::size_t index = 0; index < options_.tools().size(); ++index) {
    const Tool& tool = options_.tools()[index];
    if (tool.provider().empty()) {
      functions = true;
    } else if (tool.provider() == target_.preset->family) {
      writer_.raw(tool.raw().text());
    } else {
      notes_.cannot_carry("tools/" + std::to_string(index), "a tool that " + tool.provider() + " runs does not exist here");
    }
  }
  if (functions) {
    writer_.begin_object().key("functionDeclarations").begin_array();
    for (std::size_t index = 0; index < options_.tools().size(); ++index) {
      if (options_.tools()[index].provider().empty()) write_function(options_.tools()[index], index);
    }
    writer_.end_array().end_object();
  }
  writer_.end_array();
}

void Encoder::write_function(const Tool& tool, std::size_t index) {
  const std::string place = "tools/" + std::to_string(index);
  if (tool.strict()) notes_.cannot_carry(place + "/strict", "Gemini has the mode VALIDATED in its place");
  writer_.begin_object().key("name").string(encode_tool_name(tool.name(), FirstLetter::needed));
  if (!tool.description().empty()) writer_.key("description").string(tool.description());
  // Older versions refuse an object without properties.
  const bool without = tool.parameters().text().find("\"properties\":{}") != std::string::npos;
  if (!without || model_.json_schema) {
    write_schema("parameters", "parametersJsonSchema", tool.parameters(), place + "/parameters");
  }
  writer_.end_object();
}

void Encoder::write_tool_choice() {
  using Kind = ToolChoice::Kind;
  if (options_.parallel_tool_calls()) notes_.cannot_carry("parallel_tool_calls", "Gemini has no such option");
  if (!options_.tool_choice() || extras_.has("toolConfig")) return;
  const ToolChoice& choice = *options_.tool_choice();
  writer_.key("toolConfig").begin_object().key("functionCallingConfig").begin_object().key("mode");
  switch (choice.kind()) {
    case Kind::automatic: writer_.string("AUTO"); break;
    case Kind::none: writer_.string("NONE"); break;
    case Kind::required: writer_.string("ANY"); break;
    case Kind::named:
      writer_.string("ANY").key("allowedFunctionNames").begin_array();
      writer_.string(encode_tool_name(choice.name(), FirstLetter::needed)).end_array();
  }
  writer_.end_object().end_object();
}

/// Options that this protocol has nothing for.
void Encoder::note_missing() {
  if (!options_.user().empty()) notes_.cannot_carry("user", "Gemini has no such option");
  for (const auto& [key, value] : options_.metadata()) {
    notes_.cannot_carry("metadata/" + key, "Gemini keeps no metadata");
  }
}

}  // namespace

EncodedRequest GeminiCodec::encode(const Request& request, const Target& target) const {
  Encoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
