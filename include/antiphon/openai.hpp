#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <antiphon/own_options.hpp>

/// What only OpenAI has.
namespace antiphon::inline v0::openai {

/// A mark up to which the provider caches everything that stands before it: for a part, with `Part::with`. GPT-5.6 and
/// later, with `prompt_cache_mode("explicit")`; at most four marks in a request.
inline OwnOptions cache_breakpoint() {
  return OwnOptions("openai").set("prompt_cache_breakpoint", Json(R"({"mode":"explicit"})"));
}

/// Whether text of the assistant stood before tool calls (`commentary`) or was its answer (`final_answer`): for a
/// message, with `Message::with`. Responses only; answers that came from there have it already.
inline OwnOptions phase(const std::string& value) { return OwnOptions("openai").set("phase", value); }

/// Options of a call to OpenAI or Azure OpenAI: `Options().with(openai::Options().reasoning_effort("low"))`. One that
/// only the other API has (Chat Completions or Responses) is a warning, or an error with `Options::strict`. Those that
/// are not here go by name: `.set("moderation", Json(R"({"model": "omni-moderation-latest"})"))`.
class Options : public OwnOptions {
 public:
  Options() : OwnOptions("openai") {}

  /// How long a reasoning model may think: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`, as the model has
  /// them; of a word that it has not, the next lower one is sent, with a warning.
  Options& reasoning_effort(std::string value) { return field("reasoning_effort", value); }
  /// `low`, `medium` or `high`.
  Options& verbosity(std::string value) { return field("verbosity", value); }
  /// `auto`, `default`, `flex`, `scale`, `priority`; the response's metadata tells which one it was.
  Options& service_tier(std::string value) { return field("service_tier", value); }
  /// Whether OpenAI keeps the answer for later look-up. Default there: no for Chat Completions, yes for Responses.
  /// With `false`, Responses are asked to seal what a reasoning model thought, so that it can go back.
  Options& store(bool value) { return field("store", value); }
  /// Requests with the same key are sent to the same cache.
  Options& prompt_cache_key(std::string value) { return field("prompt_cache_key", value); }
  /// `implicit`, the default there, or `explicit`: cached up to the marks of `cache_breakpoint` and nothing else. `ttl`
  /// is `30m`, for Responses also `12h`.
  Options& prompt_cache_mode(const std::string& mode, const std::string& ttl = "30m") {
    return field("prompt_cache_options",
                 Json(R"({"mode":)" + Json::of(mode).text() + R"(,"ttl":)" + Json::of(ttl).text() + "}"));
  }
  /// `in_memory` or `24h`; models before GPT-6.
  Options& prompt_cache_retention(std::string value) { return field("prompt_cache_retention", value); }
  /// Your name for the end user, hashed, for abuse detection.
  Options& safety_identifier(std::string value) { return field("safety_identifier", value); }
  /// Whether the events of a stream carry letters of random number, so that their sizes tell less. Default there: yes.
  Options& include_obfuscation(bool value) { return field("include_obfuscation", value); }

  // Chat Completions only.
  /// Token ids and how much likelier they become, -100 to 100: a JSON object.
  Options& logit_bias(Json value) { return field("logit_bias", value); }
  /// Text that much of the answer is expected to repeat, a JSON object.
  Options& prediction(Json value) { return field("prediction", value); }
  /// What the answer is made of: a JSON array of `"text"` and `"audio"`.
  Options& modalities(Json value) { return field("modalities", value); }
  /// Voice and format of a spoken answer, a JSON object: `{"voice": "alloy", "format": "wav"}`.
  Options& audio(Json value) { return field("audio", value); }
  /// How search models search, a JSON object.
  Options& web_search_options(Json value) { return field("web_search_options", value); }

  // Responses only.
  /// Whether and how a summary of the thoughts comes with the answer: `auto`, `concise`, `detailed`.
  Options& reasoning_summary(std::string value) { return field("reasoning_summary", value); }
  /// Which earlier thoughts the model sees: `auto`, `current_turn`, `all_turns`.
  Options& reasoning_context(std::string value) { return field("reasoning_context", value); }
  /// `standard` or `pro`.
  Options& reasoning_mode(std::string value) { return field("reasoning_mode", value); }
  /// Goes on behind a response that OpenAI kept; what is in `Messages` follows it. Its system messages do not count any
  /// more: send them again.
  Options& previous_response_id(std::string value) { return field("previous_response_id", value); }
  /// The durable conversation to which request and answer belong.
  Options& conversation(std::string id) { return field("conversation", id); }
  /// What else comes with the answer, a JSON array: `["web_search_call.action.sources"]`. What other options need is
  /// asked for without this.
  Options& include(Json value) { return field("include", value); }
  /// How many calls of tools that OpenAI runs there may be, in all.
  Options& max_tool_calls(std::int64_t value) { return field("max_tool_calls", value); }
  /// Answers at once with the status `queued` while the model works.
  Options& background(bool value) { return field("background", value); }
  /// `disabled`, the default there, or `auto`: the oldest items are left out when there are too many.
  Options& truncation(std::string value) { return field("truncation", value); }
  /// A JSON array, such as `[{"type": "compaction", "compact_threshold": 100000}]`: OpenAI makes long conversations
  /// shorter.
  Options& context_management(Json value) { return field("context_management", value); }
  /// A stored template, a JSON object of `id`, `version` and `variables`.
  Options& prompt(Json value) { return field("prompt", value); }

 private:
  template <class T>
  Options& field(const char* name, const T& value) {
    return set(name, value), *this;
  }
};

}  // namespace antiphon::inline v0::openai
