#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <antiphon/own_options.hpp>

/// What only Google's Gemini has.
namespace antiphon::inline v0::gemini {

/// Options of a call to Gemini: `Options().with(gemini::Options().thinking_budget(0))`. Those that are not here go by
/// their own name, into `generationConfig` if they belong there: `.set("speechConfig", Json(…))`.
class Options : public OwnOptions {
 public:
  Options() : OwnOptions("gemini") {}

  /// Tokens to think; 0 switches it off where that can be, -1 lets the model decide. Gemini 2.5.
  Options& thinking_budget(std::int64_t tokens) { return field("thinkingBudget", tokens); }
  /// `minimal`, `low`, `medium`, `high`. From Gemini 3 on.
  Options& thinking_level(std::string value) { return field("thinkingLevel", value); }
  /// Whether summaries of the thoughts come with the answer, as reasoning.
  Options& include_thoughts(bool value) { return field("includeThoughts", value); }
  /// What is blocked: for example `HARM_CATEGORY_HARASSMENT` and `BLOCK_ONLY_HIGH`; any number of them.
  Options& safety(const std::string& category, const std::string& threshold) {
    return field("safetySettings", Json(R"([{"category":")" + category + R"(","threshold":")" + threshold + R"("}])"));
  }
  /// Name of a prompt that was cached before: `cachedContents/…`.
  Options& cached_content(std::string name) { return field("cachedContent", name); }
  /// `flex`, `standard` or `priority`.
  Options& service_tier(std::string value) { return field("serviceTier", value); }
  /// How closely media are looked at: `MEDIA_RESOLUTION_LOW`, ….
  Options& media_resolution(std::string value) { return field("mediaResolution", value); }
  /// What the answer is made of: a JSON array of `TEXT`, `IMAGE`, `AUDIO`.
  Options& response_modalities(Json value) { return field("responseModalities", value); }

 private:
  template <class T>
  Options& field(const char* name, const T& value) {
    return set(name, value), *this;
  }
};

}  // namespace antiphon::inline v0::gemini
