#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <antiphon/own_options.hpp>

/// What only OpenAI has.
namespace antiphon::inline v0::openai {

/// Options of a call to OpenAI: `Options().with(openai::Options().reasoning_effort("low"))`. Those that are not here go
/// by name: `.set("modalities", Json(R"(["text", "audio"])"))`.
class Options : public OwnOptions {
 public:
  Options() : OwnOptions("openai") {}

  /// How long a reasoning model may think: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, as the model has them.
  Options& reasoning_effort(std::string value) { return field("reasoning_effort", value); }
  /// Whether and how a summary of the thoughts comes with the answer: `auto`, `concise`, `detailed`; Responses only.
  Options& reasoning_summary(std::string value) { return field("reasoning_summary", value); }
  /// `low`, `medium` or `high`.
  Options& verbosity(std::string value) { return field("verbosity", value); }
  /// `auto`, `default`, `flex`, `priority`.
  Options& service_tier(std::string value) { return field("service_tier", value); }
  /// Whether OpenAI keeps the answer for later look-up.
  Options& store(bool value) { return field("store", value); }
  /// Requests with the same key are sent to the same cache.
  Options& prompt_cache_key(std::string value) { return field("prompt_cache_key", value); }
  /// Your name for the end user, hashed, for abuse detection.
  Options& safety_identifier(std::string value) { return field("safety_identifier", value); }
  /// Token ids and how much likelier they become, -100 to 100: a JSON object.
  Options& logit_bias(Json value) { return field("logit_bias", value); }
  /// Text that much of the answer is expected to repeat, a JSON object; Chat Completions only.
  Options& prediction(Json value) { return field("prediction", value); }

 private:
  template <class T>
  Options& field(const char* name, const T& value) {
    return set(name, value), *this;
  }
};

}  // namespace antiphon::inline v0::openai
