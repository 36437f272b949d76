// Each typed option of `antiphon/gemini.hpp` shows in the request; what cannot be carried is named (providers.md §4.2,
// §4.4).

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>

#include <boost/json/serialize.hpp>

#include <antiphon/antiphon.hpp>
#include <antiphon/codec.hpp>

#include "fixture.hpp"

namespace antiphon::tests {
namespace {

ModelConfig model(const std::string& name = "gemini-3-pro-preview") { return ModelConfig(name, providers::gemini); }

/// The value at a JSON pointer of the body, as text; empty when there is none.
std::string at(const std::string& pointer, const Options& options, const Messages& messages = "hi") {
  const boost::json::value body = parse_json(encode(model(), messages, options, false).http.body);
  boost::system::error_code missing;
  const boost::json::value* found = body.find_pointer(pointer, missing);
  return found ? boost::json::serialize(*found) : std::string();
}

std::string set(const std::string& pointer, const gemini::Options& options) {
  return at(pointer, Options().with(options));
}

TEST(GeminiOptions, EachShowsInTheRequest) {
  using Own = gemini::Options;
  EXPECT_EQ(set("/generationConfig/thinkingConfig/thinkingBudget", Own().thinking_budget(-1)), "-1");
  EXPECT_EQ(set("/generationConfig/thinkingConfig/thinkingLevel", Own().thinking_level("low")), "\"low\"");
  EXPECT_EQ(set("/generationConfig/thinkingConfig/includeThoughts", Own().include_thoughts(true)), "true");
  EXPECT_EQ(set("/cachedContent", Own().cached_content("cachedContents/1")), "\"cachedContents/1\"");
  EXPECT_EQ(set("/serviceTier", Own().service_tier("flex")), "\"flex\"");
  EXPECT_EQ(set("/store", Own().store(false)), "false");
  EXPECT_EQ(set("/generationConfig/mediaResolution", Own().media_resolution("MEDIA_RESOLUTION_LOW")),
            "\"MEDIA_RESOLUTION_LOW\"");
  EXPECT_EQ(set("/generationConfig/responseModalities", Own().response_modalities(R"(["TEXT","IMAGE"])")),
            R"(["TEXT","IMAGE"])");
  EXPECT_EQ(set("/generationConfig/speechConfig", Own().speech(R"({"languageCode":"de-DE"})")),
            R"({"languageCode":"de-DE"})");
  EXPECT_EQ(set("/generationConfig/imageConfig", Own().image(R"({"aspectRatio":"1:1"})")), R"({"aspectRatio":"1:1"})");
  EXPECT_EQ(set("/continuationToken", Own().continuation_token("ct-1")), "\"ct-1\"");
  EXPECT_EQ(set("/toolConfig/includeServerSideToolInvocations", Own().server_side_tool_invocations(true)), "true");
  EXPECT_EQ(
      set("/toolConfig/functionCallingConfig/streamFunctionCallArguments", Own().stream_function_call_arguments(true)),
      "true");
}

TEST(GeminiOptions, SafetySettingsAddUp) {
  const gemini::Options own =
      gemini::Options().safety("HARM_CATEGORY_HARASSMENT", "OFF").safety("with \"quotes\"", "BLOCK_NONE");
  EXPECT_EQ(set("/safetySettings", own), R"([{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"},)"
                                         R"({"category":"with \"quotes\"","threshold":"BLOCK_NONE"}])");
}

TEST(GeminiOptions, ToolsThatGoogleRuns) {
  const Options options = Options().tools(gemini::google_search(), gemini::url_context(), gemini::code_execution(),
                                          gemini::google_maps(), Tool("f", "d"));
  EXPECT_EQ(at("/tools", options), R"([{"googleSearch":{}},{"urlContext":{}},{"codeExecution":{}},{"googleMaps":{}},)"
                                   R"({"functionDeclarations":[{"name":"f","description":"d"}]}])");
}

TEST(GeminiOptions, ToolsOfOthersAreAWarning) {
  const Tool other = Tool::provider_defined("anthropic", R"({"type":"web_search"})");
  const EncodedRequest encoded = encode(model(), "hi", Options().tools(other), false);
  ASSERT_EQ(encoded.warnings.size(), 1u);
  EXPECT_EQ(encoded.warnings[0].where(), "tools/0");
  EXPECT_EQ(encoded.http.body.find("web_search"), std::string::npos);
}

TEST(GeminiOptions, OfAFunction) {
  const Tool tool = Tool("f", "").with(OwnOptions("gemini").set("behavior", "NON_BLOCKING"));
  EXPECT_EQ(at("/tools/0/functionDeclarations/0", Options().tools(tool)), R"({"name":"f","behavior":"NON_BLOCKING"})");
}

TEST(GeminiOptions, OfAPart) {
  const Messages messages = Messages().add(
      Message(Role::user)
          .add(Part::image("abc", "image/png").with(gemini::media_resolution("MEDIA_RESOLUTION_HIGH")))
          .add(Part::document_url("https://x.example/v.mp4").with(gemini::video_metadata("10s", "90s", 0.5))));
  EXPECT_EQ(
      at("/contents/0/parts", Options(), messages),
      R"([{"inlineData":{"mimeType":"image/png","data":"YWJj"},"mediaResolution":{"level":"MEDIA_RESOLUTION_HIGH"}},)"
      R"({"fileData":{"mimeType":"video/mp4","fileUri":"https://x.example/v.mp4"},)"
      R"("videoMetadata":{"startOffset":"10s","endOffset":"90s","fps":5E-1}}])");
}

TEST(GeminiOptions, OfAMessageAreAWarning) {
  const Messages messages = Messages().add(Message(Role::user, "hi").with(OwnOptions("gemini").set("x", 1)));
  const EncodedRequest encoded = encode(model(), messages, Options(), false);
  ASSERT_EQ(encoded.warnings.size(), 1u);
  EXPECT_EQ(encoded.warnings[0].where(), "messages/x");
}

TEST(GeminiOptions, OfOtherFamiliesAreNotMeant) {
  const Options options = Options().strict().with(openai::Options().reasoning_effort("low"));
  EXPECT_EQ(encode(model(), "hi", options, false).http.body, encode(model(), "hi", Options(), false).http.body);
}

TEST(GeminiOptions, TranscriptsDoNotGoWithAudio) {
  const Messages messages = Messages().add(Message(Role::user).add(Part::audio("abc", "wav", "what was said")));
  const EncodedRequest encoded = encode(model(), messages, Options(), false);
  ASSERT_EQ(encoded.warnings.size(), 1u);
  EXPECT_EQ(encoded.warnings[0].where(), "messages/0/content/0/transcript");
}

std::string place_of_error(const std::function<void()>& act, ErrorKind kind = ErrorKind::invalid_request) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.where();
  }
  return "nothing was thrown";
}

TEST(GeminiEncode, WhatIsWrongNamesItsPlace) {
  const auto refused = [](const Messages& messages, const Options& options = Options()) {
    return place_of_error([&] { encode(model(), messages, options, false); });
  };
  const auto one = [](Part part, Role role = Role::user) { return Messages().add(Message(role).add(std::move(part))); };
  EXPECT_EQ(refused(Messages()), "messages");
  EXPECT_EQ(refused(Messages().user("a\xff")), "messages/0/content/0");
  EXPECT_EQ(refused(one(Part::image("bytes", ""))), "messages/0/content/0");
  EXPECT_EQ(refused(one(Part::image_url("data:image/png;base64,!"))), "messages/0/content/0");
  EXPECT_EQ(refused(one(Part::image_url("https://x.example"), Role::system).user("a")), "messages/0/content/0");
  EXPECT_EQ(refused(one(Part::unknown("gemini", "{"))), "messages/0/content/0");
  EXPECT_EQ(refused(one(Part::tool_call("a", "f", "{}"))), "messages/0/content/0");
  EXPECT_EQ(refused("hi", Options().temperature(-1)), "temperature");
  EXPECT_EQ(refused("hi", Options().tools(Tool("f", "", "{"))), "tools/0/parameters");
  EXPECT_EQ(refused("hi", Options().tools(Tool("f", "").with(OwnOptions("gemini").set("x", Json("{"))))), "tools/0/x");
  EXPECT_EQ(refused("hi", Options().with(gemini::Options().thinking_budget(1).thinking_level("low"))), "thinkingLevel");
  EXPECT_EQ(refused("hi", Options().option("thinkingConfig", Json("{}")).option("thinkingBudget", 1)),
            "thinkingConfig");
}

class Variables {
 public:
  Variables() {
    for (const char* name : names) unsetenv(name);
  }
  ~Variables() {
    for (const char* name : names) unsetenv(name);
  }
  void set(const char* name, const char* value) { setenv(name, value, 1); }

 private:
  static constexpr const char* names[] = {
      "GOOGLE_CLOUD_PROJECT",   "GOOGLE_CLOUD_LOCATION", "ANTHROPIC_VERTEX_PROJECT_ID",
      "GOOGLE_VERTEX_BASE_URL", "CLOUD_ML_REGION",       "ANTHROPIC_VERTEX_BASE_URL"};
};

std::string url_of(const ModelConfig& config, bool stream = false) {
  return encode(config, "hi", Options(), stream).http.url;
}

TEST(Vertex, AddressesOfAProject) {
  EXPECT_EQ(vertex::base_url("p-1"), "https://aiplatform.googleapis.com/v1/projects/p-1/locations/global");
  EXPECT_EQ(vertex::base_url("p-1", "europe-west4"),
            "https://europe-west4-aiplatform.googleapis.com/v1/projects/p-1/locations/europe-west4");
  EXPECT_EQ(vertex::base_url("p-1", "eu"), "https://aiplatform.eu.rep.googleapis.com/v1/projects/p-1/locations/eu");
  EXPECT_EQ(place_of_error([] { vertex::base_url("p/../q"); }, ErrorKind::invalid_config), "project");
  EXPECT_EQ(place_of_error([] { vertex::base_url("p", ""); }, ErrorKind::invalid_config), "location");
}

TEST(Vertex, ProjectAndLocationComeFromTheEnvironment) {
  Variables variables;
  const ModelConfig gemini("gemini-3-flash-preview", providers::vertex);
  EXPECT_EQ(place_of_error([&] { url_of(gemini); }, ErrorKind::invalid_config), "base_url");
  variables.set("GOOGLE_CLOUD_PROJECT", "p-1");
  const std::string path = "/publishers/google/models/gemini-3-flash-preview:generateContent";
  EXPECT_EQ(url_of(gemini), "https://aiplatform.googleapis.com/v1/projects/p-1/locations/global" + path);
  variables.set("GOOGLE_CLOUD_LOCATION", "us-east1");
  EXPECT_EQ(url_of(gemini), "https://us-east1-aiplatform.googleapis.com/v1/projects/p-1/locations/us-east1" + path);
  EXPECT_EQ(url_of(ModelConfig(gemini).base_url("http://127.0.0.1:9")),
            "http://127.0.0.1:9/v1/projects/p-1/locations/us-east1" + path);
  EXPECT_EQ(url_of(ModelConfig(gemini).base_url("http://127.0.0.1:9/v1beta1")),
            "http://127.0.0.1:9/v1/projects/p-1/locations/us-east1" + path);
  EXPECT_EQ(url_of(ModelConfig(gemini).base_url(vertex::base_url("q", "us"))),
            "https://aiplatform.us.rep.googleapis.com/v1/projects/q/locations/us" + path);
  variables.set("GOOGLE_VERTEX_BASE_URL", "http://127.0.0.1:8/");
  EXPECT_EQ(url_of(gemini), "http://127.0.0.1:8/v1/projects/p-1/locations/us-east1" + path);
}

TEST(Vertex, AKeyAloneIsExpressMode) {
  Variables variables;
  const EncodedRequest encoded =
      encode(ModelConfig("gemini-3-flash-preview", providers::vertex).api_key("k"), "hi", Options(), false);
  EXPECT_EQ(encoded.http.url,
            "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-3-flash-preview:generateContent");
  EXPECT_EQ(encoded.http.headers.get("x-goog-api-key"), "k");
}

// providers.md §3.11
TEST(Vertex, ClaudeHasItsOwnPathAndItsVersionInTheBody) {
  Variables variables;
  variables.set("ANTHROPIC_VERTEX_PROJECT_ID", "p-1");
  variables.set("CLOUD_ML_REGION", "us-east5");
  const ModelConfig claude("claude-opus-4-1@20250805", providers::anthropic_vertex);
  const std::string models =
      "https://us-east5-aiplatform.googleapis.com/v1/projects/p-1/locations/us-east5/publishers/anthropic/models/";
  const EncodedRequest whole = encode(claude, "hi", Options().max_tokens(9), false);
  EXPECT_EQ(whole.http.url, models + "claude-opus-4-1@20250805:rawPredict");
  const boost::json::object body = parse_json(whole.http.body).as_object();
  EXPECT_EQ(body.at("anthropic_version").as_string(), "vertex-2023-10-16");
  EXPECT_FALSE(body.contains("model"));
  EXPECT_FALSE(body.contains("stream"));
  EXPECT_EQ(whole.http.headers.get("anthropic-version"), "");
  const Options beta = Options().max_tokens(9).with(anthropic::Options().beta("b-1"));
  const EncodedRequest streamed = encode(claude, "hi", beta, true);
  EXPECT_EQ(streamed.http.url, models + "claude-opus-4-1@20250805:streamRawPredict");
  EXPECT_TRUE(parse_json(streamed.http.body).at("stream").as_bool());
  EXPECT_EQ(streamed.http.headers.get("anthropic-beta"), "b-1");
}

}  // namespace
}  // namespace antiphon::tests
