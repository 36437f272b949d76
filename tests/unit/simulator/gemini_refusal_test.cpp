#include <gtest/gtest.h>

#include "client.hpp"

// What Gemini refuses: providers.md §4.2 to §4.4 and §4.7.

namespace antiphon::test {
namespace {

struct GeminiRefusedBody {
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

class GeminiRefusal : public testing::TestWithParam<GeminiRefusedBody> {};

TEST_P(GeminiRefusal, OfTheRestOfARequest) {
  const std::string body =
      std::string(R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}])") + GetParam().more + "}";
  const std::string message = gemini_refused(body);
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    All, GeminiRefusal,
    testing::Values(
        GeminiRefusedBody{R"(,"odd":1)", "Unknown name \"odd\": Cannot find field."},
        GeminiRefusedBody{R"(,"stream":true)", "Unknown name \"stream\""},
        GeminiRefusedBody{R"(,"generationConfig":{"max_tokens":1})",
                          "Unknown name \"maxTokens\" at 'generation_config'"},
        GeminiRefusedBody{R"(,"generationConfig":{"temperature":2.5})",
                          "'generation_config.temperature' is greater than 2."},
        GeminiRefusedBody{R"(,"generationConfig":{"topP":"1"})", "'generation_config.top_p': expected a number"},
        GeminiRefusedBody{R"(,"generationConfig":{"candidateCount":9})", "candidate_count"},
        GeminiRefusedBody{R"(,"generationConfig":{"seed":4000000000})", "seed"},
        GeminiRefusedBody{R"(,"generationConfig":{"stopSequences":["1","2","3","4","5","6"]})", "at most 5 strings"},
        GeminiRefusedBody{R"(,"generationConfig":{"logprobs":3})", "response_logprobs"},
        GeminiRefusedBody{R"(,"generationConfig":{"responseModalities":["SMELL"]})", "response_modalities"},
        GeminiRefusedBody{R"(,"generationConfig":{"thinkingConfig":{"thinkingBudget":1,"thinkingLevel":"low"}})",
                          "only one"},
        GeminiRefusedBody{R"(,"generationConfig":{"thinkingConfig":{"thinkingLevel":"vast"}})", "thinking_level"},
        GeminiRefusedBody{R"(,"generationConfig":{"responseSchema":{"type":"STRING"}})", "needs a response_mime_type"},
        GeminiRefusedBody{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT",)"
            R"("properties":{"a":{"type":"STRING","const":"x"}}}})",
            "Unknown name \"const\" at 'generation_config.response_schema.properties.a'"},
        GeminiRefusedBody{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT",)"
            R"("additionalProperties":false}})",
            "Unknown name \"additionalProperties\" at 'generation_config.response_schema'"},
        GeminiRefusedBody{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{},"responseJsonSchema":{}})",
            "Only one of"},
        GeminiRefusedBody{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"tuple"}})",
            "response_schema.type"},
        GeminiRefusedBody{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"ARRAY"}})",
            "response_schema.items"},
        GeminiRefusedBody{
            R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"STRING","enum":[1]}})",
            "enum[0]"},
        GeminiRefusedBody{R"(,"tools":[{"functionDeclarations":[{"name":"1st"}]}])", "function_declarations[0].name"},
        GeminiRefusedBody{R"(,"tools":[{"functionDeclarations":[{"name":"a b"}]}])", "function_declarations[0].name"},
        GeminiRefusedBody{R"(,"tools":[{"functionDeclarations":[{"name":"f"},{"name":"f"}]}])",
                          "Duplicate function declaration"},
        GeminiRefusedBody{
            R"(,"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object","$schema":"x"}}]}])",
            "Unknown name \"$schema\" at 'tools[0].function_declarations[0].parameters'"},
        GeminiRefusedBody{
            R"(,"tools":[{"functionDeclarations":[{"name":"f","parameters":{},"parametersJsonSchema":{}}]}])",
            "Only one of parameters"},
        GeminiRefusedBody{R"(,"tools":[{"type":"function","function":{"name":"f"}}])",
                          "Unknown name \"type\" at 'tools[0]'"},
        GeminiRefusedBody{R"(,"toolConfig":{"functionCallingConfig":{"mode":"ANY"}})", "needs function declarations"},
        GeminiRefusedBody{R"(,"toolConfig":{"functionCallingConfig":{"mode":"SOME"}})", "mode"},
        GeminiRefusedBody{R"(,"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":)"
                          R"({"mode":"AUTO","allowedFunctionNames":["f"]}})",
                          "ANY or VALIDATED"},
        GeminiRefusedBody{R"(,"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":)"
                          R"({"mode":"ANY","allowedFunctionNames":["g"]}})",
                          "'g' is not declared"},
        GeminiRefusedBody{R"(,"safetySettings":[{"category":"HARASSMENT","threshold":"OFF"}])",
                          "safety_settings[0].category"},
        GeminiRefusedBody{R"(,"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"NEVER"}])",
                          "threshold"},
        GeminiRefusedBody{R"(,"systemInstruction":"be brief")", "'system_instruction': expected an object"},
        GeminiRefusedBody{R"(,"cachedContent":"x")", "cached_content"},
        GeminiRefusedBody{R"(,"cachedContent":"cachedContents/x","tools":[])", "CachedContent"},
        GeminiRefusedBody{R"(,"serviceTier":"fast")", "service_tier"}));

class GeminiContentsRefusal : public testing::TestWithParam<GeminiRefusedBody> {};

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
        GeminiRefusedBody{"[]", "contents: it is not specified"},
        GeminiRefusedBody{R"("hi")", "'contents': expected an array"},
        GeminiRefusedBody{R"([{"role":"assistant","parts":[{"text":"a"}]}])", "valid role: user, model"},
        GeminiRefusedBody{R"([{"role":"user"}])", "parts must not be empty"},
        GeminiRefusedBody{R"([{"role":"user","parts":[{}]}])", "must have one initialized field"},
        GeminiRefusedBody{R"([{"role":"user","parts":[{"type":"text","text":"a"}]}])",
                          "Unknown name \"type\" at 'contents[0].parts[0]'"},
        GeminiRefusedBody{R"([{"role":"user","parts":[{"text":"a","inlineData":{}}]}])", "Only one of"},
        GeminiRefusedBody{R"([{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"data:,x"}}]}])",
                          "Base64"},
        GeminiRefusedBody{R"([{"role":"user","parts":[{"inlineData":{"data":"QQ=="}}]}])", "mime_type"},
        GeminiRefusedBody{R"([{"role":"model","parts":[{"text":"a","thoughtSignature":"?"}]}])", "thought_signature"},
        GeminiRefusedBody{R"([{"role":"model","parts":[{"functionCall":{"name":"f","args":"{}"}}]}])",
                          "args': expected an object"},
        GeminiRefusedBody{R"([{"role":"user","parts":[{"functionCall":{"name":"f"}}]}])", "belong to the role model"},
        GeminiRefusedBody{R"([{"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]}])",
                          "immediately after a function call turn"},
        GeminiRefusedBody{R"([{"role":"user","parts":[{"functionResponse":{"name":"f","response":"text"}}]}])",
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
