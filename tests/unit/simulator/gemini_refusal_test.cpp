#include <gtest/gtest.h>

#include "client.hpp"

// What Gemini refuses: providers.md §4.2 to §4.4 and §4.7.

namespace antiphon::test {
namespace {

struct GeminiRefusal {
  const char* more;  ///< behind the contents
  const char* message;
};

/// The message of a refusal.
std::string gemini_refused(const std::string& body, const std::string& model = "gemini-3-flash") {
  Simulator simulator;
  const Answer answer = ask(simulator, request_text("POST", "/v1beta/models/" + model + ":generateContent", body));
  EXPECT_EQ(answer.status, 400) << body;
  const Json json(answer.body);
  EXPECT_EQ(json.number("/error/code"), 400);
  EXPECT_EQ(json.text("/error/status"), "INVALID_ARGUMENT");
  return json.text("/error/message");
}

class GeminiRefusal : public testing::TestWithParam<GeminiRefusal> {};

TEST_P(GeminiRefusal, OfTheRestOfARequest) {
  const std::string body =
      std::string(R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}])") + GetParam().more + "}";
  const std::string message = gemini_refused(body);
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    All, GeminiRefusal,
    testing::Values(
        GeminiRefusal{R"(,"odd":1)", "Unknown name \"odd\": Cannot find field."},
        GeminiRefusal{R"(,"stream":true)", "Unknown name \"stream\""},
        GeminiRefusal{R"(,"generationConfig":{"max_tokens":1})", "Unknown name \"maxTokens\" at 'generation_config'"},
        GeminiRefusal{R"(,"generationConfig":{"temperature":2.5})",
                      "'generation_config.temperature' is greater than 2."},
        GeminiRefusal{R"(,"generationConfig":{"topP":"1"})", "'generation_config.top_p': expected a number"},
        GeminiRefusal{R"(,"generationConfig":{"candidateCount":9})", "candidate_count"},
        GeminiRefusal{R"(,"generationConfig":{"seed":4000000000})", "seed"},
        GeminiRefusal{R"(,"generationConfig":{"stopSequences":["1","2","3","4","5","6"]})", "at most 5 strings"},
        GeminiRefusal{R"(,"generationConfig":{"logprobs":3})", "response_logprobs"},
        GeminiRefusal{R"(,"generationConfig":{"responseModalities":["SMELL"]})", "response_modalities"},
        GeminiRefusal{R"(,"generationConfig":{"thinkingConfig":{"thinkingBudget":1,"thinkingLevel":"low"}})",
                      "only one"},
        GeminiRefusal{R"(,"generationConfig":{"thinkingConfig":{"thinkingLevel":"vast"}})", "thinking_level"},
        GeminiRefusal{R"(,"generationConfig":{"responseSchema":{"type":"STRING"}})", "needs a response_mime_type"},
        GeminiRefusal{R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT",)"
                      R"("properties":{"a":{"type":"STRING","const":"x"}}}})",
                      "Unknown name \"const\" at 'generation_config.response_schema.properties.a'"},
        GeminiRefusal{R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT",)"
                      R"("additionalProperties":false}})",
                      "Unknown name \"additionalProperties\" at 'generation_config.response_schema'"},
        GeminiRefusal{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{},"responseJsonSchema":{}})",
            "Only one of"},
        GeminiRefusal{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"tuple"}})",
            "response_schema.type"},
        GeminiRefusal{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"ARRAY"}})",
            "response_schema.items"},
        GeminiRefusal{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"STRING","enum":[1]}})",
            "enum[0]"},
        GeminiRefusal{R"(,"tools":[{"functionDeclarations":[{"name":"1st"}]}])", "function_declarations[0].name"},
        GeminiRefusal{R"(,"tools":[{"functionDeclarations":[{"name":"a b"}]}])", "function_declarations[0].name"},
        GeminiRefusal{R"(,"tools":[{"functionDeclarations":[{"name":"f"},{"name":"f"}]}])",
                      "Duplicate function declaration"},
        GeminiRefusal{
            R"(,"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object","$schema":"x"}}]}])",
            "Unknown name \"$schema\" at 'tools[0].function_declarations[0].parameters'"},
        GeminiRefusal{R"(,"tools":[{"functionDeclarations":[{"name":"f","parameters":{},"parametersJsonSchema":{}}]}])",
                      "Only one of parameters"},
        GeminiRefusal{R"(,"tools":[{"type":"function","function":{"name":"f"}}])",
                      "Unknown name \"type\" at 'tools[0]'"},
        GeminiRefusal{R"(,"toolConfig":{"functionCallingConfig":{"mode":"ANY"}})", "needs function declarations"},
        GeminiRefusal{R"(,"toolConfig":{"functionCallingConfig":{"mode":"SOME"}})", "mode"},
        GeminiRefusal{R"(,"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":)"
                      R"({"mode":"AUTO","allowedFunctionNames":["f"]}})",
                      "ANY or VALIDATED"},
        GeminiRefusal{R"(,"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":)"
                      R"({"mode":"ANY","allowedFunctionNames":["g"]}})",
                      "'g' is not declared"},
        GeminiRefusal{R"(,"safetySettings":[{"category":"HARASSMENT","threshold":"OFF"}])",
                      "safety_settings[0].category"},
        GeminiRefusal{R"(,"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"NEVER"}])",
                      "threshold"},
        GeminiRefusal{R"(,"systemInstruction":"be brief")", "'system_instruction': expected an object"},
        GeminiRefusal{R"(,"cachedContent":"x")", "cached_content"},
        GeminiRefusal{R"(,"cachedContent":"cachedContents/x","tools":[])", "CachedContent"},
        GeminiRefusal{R"(,"serviceTier":"fast")", "service_tier"}));

class GeminiContentsRefusal : public testing::TestWithParam<GeminiRefusal> {};

TEST_P(GeminiContentsRefusal, OfAConversation) {
  const std::string message = gemini_refused(std::string(R"({"contents":)") + GetParam().more + "}");
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

const char* const open_call =
    R"([{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},)"
    R"("thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"name":"g","args":{}}}]})";

INSTANTIATE_TEST_SUITE_P(
    All, GeminiContentsRefusal,
    testing::Values(
        GeminiRefusal{"[]", "contents: it is not specified"}, GeminiRefusal{R"("hi")", "'contents': expected an array"},
        GeminiRefusal{R"([{"role":"assistant","parts":[{"text":"a"}]}])", "valid role: user, model"},
        GeminiRefusal{R"([{"role":"user"}])", "parts must not be empty"},
        GeminiRefusal{R"([{"role":"user","parts":[{}]}])", "must have one initialized field"},
        GeminiRefusal{R"([{"role":"user","parts":[{"type":"text","text":"a"}]}])",
                      "Unknown name \"type\" at 'contents[0].parts[0]'"},
        GeminiRefusal{R"([{"role":"user","parts":[{"text":"a","inlineData":{}}]}])", "Only one of"},
        GeminiRefusal{R"([{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"data:,x"}}]}])",
                      "Base64"},
        GeminiRefusal{R"([{"role":"user","parts":[{"inlineData":{"data":"QQ=="}}]}])", "mime_type"},
        GeminiRefusal{R"([{"role":"model","parts":[{"text":"a","thoughtSignature":"?"}]}])", "thought_signature"},
        GeminiRefusal{R"([{"role":"model","parts":[{"functionCall":{"name":"f","args":"{}"}}]}])",
                      "args': expected an object"},
        GeminiRefusal{R"([{"role":"user","parts":[{"functionCall":{"name":"f"}}]}])", "belong to the role model"},
        GeminiRefusal{R"([{"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]}])",
                      "immediately after a function call turn"},
        GeminiRefusal{R"([{"role":"user","parts":[{"functionResponse":{"name":"f","response":"text"}}]}])",
                      "response': expected an object"}));

TEST(GeminiConversation, CallsAndResultsMustPair) {
  const auto after = [&](const std::string& parts) {
    return gemini_refused(std::string(R"({"contents":)") + open_call + R"(,{"role":"user","parts":[)" + parts + "]}]}");
  };
  const std::string f = R"({"functionResponse":{"name":"f","response":{}}})";
  const std::string g = R"({"functionResponse":{"name":"g","response":{}}})";
  EXPECT_NE(after(f).find("must be equal to the number of function call parts"), std::string::npos);
  EXPECT_NE(after(f + "," + f).find("No function call of the turn before is named 'f'"), std::string::npos);
  EXPECT_NE(after(R"({"text":"never mind"})").find("must be followed by a function response turn"), std::string::npos);
  Simulator simulator;
  const std::string fine =
      std::string(R"({"contents":)") + open_call + R"(,{"role":"user","parts":[)" + g + "," + f + "]}]}";
  EXPECT_EQ(ask(simulator, request_text("POST", "/v1beta/models/gemini-3-flash:generateContent", fine)).status, 200);
  EXPECT_EQ(ask(simulator, request_text("POST", "/v1beta/models/gemini-3-flash:generateContent",
                                        std::string(R"({"contents":)") + open_call + "]}"))
                .status,
            400);
}

TEST(GeminiConversation, OlderModelsRefuseMore) {
  const std::string begin = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}],)";
  const auto message = [&](const std::string& more, const std::string& model) {
    return gemini_refused(begin + more + "}", model);
  };
  const std::string f = R"("tools":[{"functionDeclarations":[{"name":"f"}]}])";
  EXPECT_NE(
      message(R"("tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{}}}]}])",
              "gemini-2.5-flash")
          .find("non-empty"),
      std::string::npos);
  EXPECT_NE(message(R"("tools":[{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{}}])", "gemini-2.5-flash")
                .find("unsupported"),
            std::string::npos);
  EXPECT_NE(message(f + R"(,"generationConfig":{"responseMimeType":"application/json"})", "gemini-2.5-flash")
                .find("mime type"),
            std::string::npos);
  EXPECT_NE(
      message(R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"low"}})", "gemini-2.5-flash").find("level"),
      std::string::npos);
}

TEST(GeminiConversation, IsNoJsonOrNoObject) {
  EXPECT_NE(gemini_refused("{").find("no JSON"), std::string::npos);
  EXPECT_NE(gemini_refused("[]").find("an object"), std::string::npos);
  EXPECT_NE(gemini_refused(std::string(100000, '[')).find("no JSON"), std::string::npos);
}

TEST(GeminiError, OtherPathsAndMethods) {
  Simulator simulator;
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "/v1beta/models/m:generateContent"},
                                                        {"POST", "/v1beta/models/m:sing"},
                                                        {"POST", "/v1beta/models"},
                                                        {"GET", "/v1beta/files"}}) {
    const Answer answer = ask(simulator, request_text(method, path, method == "POST" ? "{}" : ""));
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(Json(answer.body).text("/error/status"), "NOT_FOUND");
  }
}

}  // namespace
}  // namespace antiphon::test
