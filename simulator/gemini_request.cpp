#include "gemini_request.hpp"

#include "gemini_errors.hpp"
#include "gemini_names.hpp"
#include "gemini_schema.hpp"
#include "gemini_tools.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr double most_gemini_tokens = 1u << 30;
constexpr double largest_int32 = 2147483647;
constexpr std::uint64_t cached_content_tokens = 2048;

void read_thinking(const RequestObject& config, const GeminiReading& reading, Ask& ask) {
  const auto thinking = config.object("thinkingConfig");
  if (!thinking) return;
  thinking->only({"includeThoughts", "thinkingBudget", "thinkingLevel"});
  const auto budget = thinking->number("thinkingBudget", -1, 32768);
  const std::string level = lower_case(thinking->text("thinkingLevel"));
  ask.think = thinking->flag("includeThoughts").value_or(false);
  if (budget && !level.empty()) {
    throw gemini_failure(400, "You can only set only one of thinking budget and thinking level.");
  }
  if (!level.empty() && reading.generation > 0 && reading.generation < 3) {
    throw gemini_failure(400, "Thinking level is not supported for this model.");
  }
  constexpr std::string_view levels = " minimal low medium high xhigh thinking_level_unspecified ";
  if (!level.empty() && levels.find(' ' + level + ' ') == std::string_view::npos) {
    thinking->refuse("thinkingLevel", Problem::value, "minimal, low, medium or high");
  }
}

/// The schema of the answer, in either of its two forms.
void read_schema(const RequestObject& config, Ask& ask) {
  const std::string type = config.text("responseMimeType");
  if (!type.empty()) config.word("responseMimeType", {"text/plain", "application/json", "text/x.enum"});
  if (type == "application/json") ask.form = Form::json;
  const auto own = config.object("responseSchema");
  const json::value* standard = config.find("responseJsonSchema");
  if (own && standard) {
    throw gemini_failure(400, "Only one of response_schema and response_json_schema may be set.");
  }
  if (!own && !standard) return;
  if (type != "application/json" && type != "text/x.enum") {
    throw gemini_failure(400, "A response schema needs a response_mime_type of application/json or text/x.enum.");
  }
  if (own) check_gemini_schema(*own);
  ask.form = Form::schema;
  ask.schema = own ? json_schema_of(own->json()) : *standard;
  if (type == "text/x.enum") ask.settings["bare_enum"] = true;
}

void read_sampling(const RequestObject& config, Ask& ask) {
  config.number("temperature", 0, 2);
  config.number("topP", 0, 1);
  config.number("topK", 1, largest_int32);
  config.number("presencePenalty", -2, 2);
  config.number("frequencyPenalty", -2, 2);
  if (const auto seed = config.number("seed", -largest_int32 - 1, largest_int32)) {
    ask.seed = static_cast<std::uint64_t>(static_cast<std::int64_t>(*seed));
  }
  ask.n = config.integer("candidateCount", 1, 8).value_or(1);
  if (const auto most = config.number("maxOutputTokens", 1, most_gemini_tokens)) {
    ask.max_tokens = static_cast<std::uint64_t>(*most);
  }
  ask.stop = config.texts("stopSequences");
  if (ask.stop.size() > 5) config.refuse("stopSequences", Problem::value, "at most 5 strings");
  ask.logprobs = config.flag("responseLogprobs").value_or(false);
  const auto top = config.integer("logprobs", 0, 20);
  if (top && !ask.logprobs) throw gemini_failure(400, "Logprobs need response_logprobs to be true.");
  if (top) ask.settings["top_logprobs"] = *top;
}

void read_config(const RequestObject& request, const GeminiReading& reading, Ask& ask) {
  const auto config = request.object("generationConfig");
  if (!config) return;
  config->only({"temperature",
                "topP",
                "topK",
                "candidateCount",
                "maxOutputTokens",
                "stopSequences",
                "responseMimeType",
                "responseSchema",
                "responseJsonSchema",
                "presencePenalty",
                "frequencyPenalty",
                "seed",
                "responseLogprobs",
                "logprobs",
                "responseModalities",
                "mediaResolution",
                "speechConfig",
                "imageConfig",
                "thinkingConfig",
                "audioTimestamp"});
  if (!reading.is_vertex && config->has("audioTimestamp")) config->refuse("audioTimestamp", Problem::unknown, "");
  read_sampling(*config, ask);
  for (const std::string& modality : config->texts("responseModalities")) {
    if (modality != "TEXT" && modality != "IMAGE" && modality != "AUDIO") {
      config->refuse("responseModalities", Problem::value, "TEXT, IMAGE or AUDIO");
    }
  }
  read_thinking(*config, reading, ask);
  read_schema(*config, ask);
  const bool is_older = reading.generation > 0 && reading.generation < 3;
  if (is_older && ask.form != Form::text && !ask.tools.empty()) {
    throw gemini_failure(400, "Function calling with a response mime type: 'application/json' is unsupported");
  }
}

void read_safety(const RequestObject& request, Ask& ask) {
  json::array categories;
  for (const RequestObject& setting : request.objects("safetySettings")) {
    setting.only({"category", "threshold", "method"});
    const std::string category = setting.need_text("category");
    if (!category.starts_with("HARM_CATEGORY_")) setting.refuse("category", Problem::value, "a HARM_CATEGORY");
    setting.need_word("threshold", {"HARM_BLOCK_THRESHOLD_UNSPECIFIED", "BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE",
                                    "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"});
    categories.emplace_back(category);
  }
  if (!categories.empty()) ask.settings["safety"] = std::move(categories);
}

void read_cache(const RequestObject& request, Ask& ask) {
  const std::string name = request.text("cachedContent");
  if (name.empty()) return;
  if (name.find("cachedContents/") == std::string::npos) {
    request.refuse("cachedContent", Problem::value, "a name such as cachedContents/…");
  }
  if (request.has("systemInstruction") || request.has("tools") || request.has("toolConfig")) {
    throw gemini_failure(400,
                         "CachedContent can not be used with GenerateContent request setting system_instruction, "
                         "tools or tool_config.");
  }
  ask.cached_tokens = cached_content_tokens;
  ask.prompt_tokens += cached_content_tokens;
}

Ask read_object(const RequestObject& request, const GeminiPath& path) {
  const GeminiReading reading = gemini_reading(path.model, path.is_vertex);
  request.only({"model", "contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "safetySettings",
                "cachedContent", "serviceTier", "store", "labels", "continuationToken"});
  if (!path.is_vertex && request.has("labels")) request.refuse("labels", Problem::unknown, "");
  Ask ask;
  ask.model = path.model;
  ask.stream = path.method == "streamGenerateContent";
  if (path.is_vertex) ask.settings["vertex"] = true;
  read_gemini_contents(request, reading, ask);
  read_gemini_system(request, ask);
  read_gemini_tools(request, reading, ask);
  read_config(request, reading, ask);
  read_safety(request, ask);
  read_cache(request, ask);
  request.word("serviceTier", {"flex", "standard", "priority"});
  request.flag("store");
  return ask;
}

json::value parse(std::string_view body) {
  json::value value = parse_body(body, gemini_dialect());
  to_camel_names(value);
  return value;
}

}  // namespace

Ask read_gemini(std::string_view body, const GeminiPath& path) {
  const json::value value = parse(body);
  return read_object(RequestObject(value.get_object(), "", gemini_dialect()), path);
}

std::uint64_t read_gemini_count(std::string_view body, const GeminiPath& path) {
  const json::value value = parse(body);
  const RequestObject request(value.get_object(), "", gemini_dialect());
  if (path.is_vertex) return read_object(request, path).prompt_tokens;
  request.only({"contents", "generateContentRequest"});
  const auto whole = request.object("generateContentRequest");
  if (!whole) return read_object(request, path).prompt_tokens;
  if (request.has("contents")) {
    throw gemini_failure(400, "Only one of contents and generate_content_request may be set.");
  }
  if (whole->need_text("model") != "models/" + path.model) {
    whole->refuse("model", Problem::value, "the model of the path");
  }
  return read_object(*whole, path).prompt_tokens;
}

}  // namespace antiphon::inline v0::simulator
