#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <antiphon/options.hpp>
#include <antiphon/own_options.hpp>

/// What only Google's Gemini has, with an API key or on Vertex AI.
namespace antiphon::inline v0::gemini {

/// Options of a call to Gemini: `Options().with(gemini::Options().thinking_budget(0))`. Those that are not here go by
/// their own name, to where they belong in the request: `.set("speechConfig", Json(…))`.
class Options : public OwnOptions {
 public:
  Options() : OwnOptions("gemini") {}

  /// Tokens to think; 0 switches it off where that can be, -1 lets the model decide. Gemini 2.5. With a level as well
  /// the call fails with `Error{invalid_request}`.
  Options& thinking_budget(std::int64_t tokens) { return field("thinkingBudget", tokens); }
  /// `minimal`, `low`, `medium`, `high`. From Gemini 3 on.
  Options& thinking_level(std::string value) { return field("thinkingLevel", value); }
  /// Whether summaries of the thoughts come with the answer, as reasoning. Default: with `reasoning_effort` they do.
  Options& include_thoughts(bool value) { return field("includeThoughts", value); }
  /// What is blocked: for example `HARM_CATEGORY_HARASSMENT` and `BLOCK_ONLY_HIGH`; any number of them.
  Options& safety(const std::string& category, const std::string& threshold) {
    const std::string one =
        R"({"category":)" + Json::of(category).text() + R"(,"threshold":)" + Json::of(threshold).text();
    return field("safetySettings", Json("[" + one + "}]"));
  }
  /// Name of a prompt that was cached before: `cachedContents/…`.
  Options& cached_content(std::string name) { return field("cachedContent", name); }
  /// `flex`, `standard` or `priority`.
  Options& service_tier(std::string value) { return field("serviceTier", value); }
  /// Whether Google keeps request and answer for its logs.
  Options& store(bool value) { return field("store", value); }
  /// How closely media are looked at: `MEDIA_RESOLUTION_LOW`, …; `gemini::media_resolution` does it for one part.
  Options& media_resolution(std::string value) { return field("mediaResolution", value); }
  /// What the answer is made of: a JSON array of `TEXT`, `IMAGE`, `AUDIO`.
  Options& response_modalities(Json value) { return field("responseModalities", value); }
  /// Voice and language of a spoken answer, as Google's `speechConfig`.
  Options& speech(Json value) { return field("speechConfig", value); }
  /// Size and shape of a picture that is made, as Google's `imageConfig`.
  Options& image(Json value) { return field("imageConfig", value); }
  /// Where an answer goes on that ended with `CONTINUATION`: the `continuationToken` in its metadata. Everything else
  /// of the request must be as it was. Gemini 4.
  Options& continuation_token(std::string value) { return field("continuationToken", value); }
  /// Whether tools that Google runs may be used beside functions, and show in the answer. From Gemini 3 on.
  Options& server_side_tool_invocations(bool value) { return field("includeServerSideToolInvocations", value); }
  /// Whether the arguments of calls are streamed value by value. Vertex AI.
  Options& stream_function_call_arguments(bool value) { return field("streamFunctionCallArguments", value); }

 private:
  template <class T>
  Options& field(const char* name, const T& value) {
    return set(name, value), *this;
  }
};

/// Web search by Google; what it found stands in the citations.
inline Tool google_search() { return Tool::provider_defined("gemini", R"({"googleSearch":{}})"); }
/// Lets the model read the URLs in the prompt.
inline Tool url_context() { return Tool::provider_defined("gemini", R"({"urlContext":{}})"); }
/// Lets the model write Python and run it at Google.
inline Tool code_execution() { return Tool::provider_defined("gemini", R"({"codeExecution":{}})"); }
/// Places, by Google Maps.
inline Tool google_maps() { return Tool::provider_defined("gemini", R"({"googleMaps":{}})"); }

/// How closely one image, video or document is looked at, for `Part::with`: `MEDIA_RESOLUTION_LOW`, `_MEDIUM`, `_HIGH`
/// or `_ULTRA_HIGH`.
inline OwnOptions media_resolution(const std::string& level) {
  return OwnOptions("gemini").set("mediaResolution", Json(R"({"level":)" + Json::of(level).text() + "}"));
}

/// Which piece of a video is looked at, for `Part::with`: from `start` to `end`, in seconds: `10s`, `90s`; at so many
/// frames a second.
inline OwnOptions video_metadata(const std::string& start, const std::string& end, double fps = 1) {
  return OwnOptions("gemini").set(
      "videoMetadata", Json(R"({"startOffset":)" + Json::of(start).text() + R"(,"endOffset":)" + Json::of(end).text() +
                            R"(,"fps":)" + Json::of(fps).text() + "}"));
}

}  // namespace antiphon::inline v0::gemini
