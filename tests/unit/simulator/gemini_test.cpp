#include <gtest/gtest.h>

#include "client.hpp"

// What Gemini answers: providers.md §4.

namespace antiphon::test {
namespace {

const std::string base = "/v1beta/models/gemini-3-flash:";
const std::string vertex = "/v1/projects/p/locations/global/publishers/google/models/gemini-3-flash:";

std::string gemini_body(std::string_view user, std::string_view more = "") {
  std::string body = R"({"contents":[{"role":"user","parts":[{"text":")";
  return body.append(user).append("\"}]}]").append(more).append("}");
}

Answer generate(const Simulator& simulator, std::string_view body, const std::string& path = base) {
  return ask(simulator, request_text("POST", path + "generateContent", body));
}

Answer gemini_stream(const Simulator& simulator, std::string_view body, const std::string& path = base) {
  return ask(simulator, request_text("POST", path + "streamGenerateContent?alt=sse", body));
}

/// The events of a stream, whose lines end with CR LF (trap 1).
std::vector<std::string> gemini_events(Answer answer) {
  for (auto at = answer.body.find("\r\n"); at != std::string::npos; at = answer.body.find("\r\n", at)) {
    answer.body.erase(at, 1);
  }
  return answer.events();
}

std::string gemini_text(const std::vector<std::string>& events, std::string_view candidate = "/candidates/0",
                        bool thoughts = false) {
  std::string text;
  const std::string part = std::string(candidate) + "/content/parts/0";
  for (const std::string& event : events) {
    const Json json(event);
    if (json.has(part + "/text") && json.has(part + "/thought") == thoughts) text += json.text(part + "/text");
  }
  return text;
}

const char* const gemini_weather =
    R"(,"tools":[{"functionDeclarations":[{"name":"weather","parameters":{"type":"OBJECT","properties":)"
    R"({"city":{"type":"STRING","enum":["Oslo"]},"days":{"type":"INTEGER","minimum":3,"maximum":3}},"required":["city","days"]}}]}])";

const char* const gemini_thinking = R"(,"generationConfig":{"thinkingConfig":{"includeThoughts":true}})";

TEST(GeminiAnswer, HasTheFieldsOfTheRealOne) {
  Simulator simulator;
  const Answer answer = generate(simulator, gemini_body("hi"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/json; charset=UTF-8");
  EXPECT_EQ(generate(simulator, gemini_body("hi")).body, answer.body);
  const Json json(answer.body);
  EXPECT_EQ(json.text("/candidates/0/content/role"), "model");
  EXPECT_NE(json.text("/candidates/0/content/parts/0/text").find("\"hi\""), std::string::npos);
  EXPECT_EQ(json.text("/candidates/0/finishReason"), "STOP");
  EXPECT_EQ(json.number("/candidates/0/index"), 0);
  EXPECT_EQ(json.text("/modelVersion"), "gemini-3-flash");
  EXPECT_FALSE(json.text("/responseId").empty());
  EXPECT_FALSE(json.has("/createTime"));
  EXPECT_EQ(json.number("/usageMetadata/totalTokenCount"),
            json.number("/usageMetadata/promptTokenCount") + json.number("/usageMetadata/candidatesTokenCount"));
  EXPECT_FALSE(json.has("/usageMetadata/cachedContentTokenCount"));
  EXPECT_FALSE(json.has("/usageMetadata/thoughtsTokenCount"));
}

TEST(GeminiAnswer, StreamsTheSameTextWithRunningTotals) {
  Simulator simulator;
  const Json whole(generate(simulator, gemini_body("hi")).body);
  const Answer answer = gemini_stream(simulator, gemini_body("hi"));
  EXPECT_EQ(answer.header("content-type"), "text/event-stream");
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.substr(0, 6), "data: ");
  EXPECT_EQ(answer.body.substr(answer.body.size() - 5), "}\r\n\r\n");
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_EQ(answer.body.find("event:"), std::string::npos);
  const auto events = gemini_events(answer);
  EXPECT_EQ(gemini_text(events), whole.text("/candidates/0/content/parts/0/text"));
  std::int64_t total = 0;
  for (const std::string& event : events) {
    const Json json(event);
    EXPECT_GE(json.number("/usageMetadata/totalTokenCount"), total);
    total = json.number("/usageMetadata/totalTokenCount");
    EXPECT_EQ(json.has("/candidates/0/finishReason"), &event == &events.back());
  }
  EXPECT_EQ(total, whole.number("/usageMetadata/totalTokenCount"));
  EXPECT_EQ(Json(events.back()).text("/candidates/0/content/parts/0/text"), "");
}

TEST(GeminiAnswer, StreamsAnArrayWithoutAlt) {
  Simulator simulator;
  const Answer answer = ask(simulator, request_text("POST", base + "streamGenerateContent", gemini_body("hi")));
  EXPECT_EQ(answer.header("content-type"), "application/json; charset=UTF-8");
  EXPECT_EQ(answer.header("transfer-encoding"), "chunked");
  EXPECT_EQ(answer.body.substr(0, 2), "[{");
  EXPECT_EQ(answer.body.substr(answer.body.size() - 4), "}\r\n]");
  EXPECT_NE(answer.body.find("}\r\n,\r\n{"), std::string::npos);
  const auto events = gemini_events(gemini_stream(simulator, gemini_body("hi")));
  const Json array(answer.body);
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(array.minified("/" + std::to_string(i)), Json(events[i]).minified(""));
  }
  EXPECT_FALSE(array.has("/" + std::to_string(events.size())));
}

TEST(GeminiAnswer, ThinksInPartsOfItsOwn) {
  Simulator simulator;
  const Json whole(generate(simulator, gemini_body("hi", gemini_thinking)).body);
  EXPECT_EQ(whole.minified("/candidates/0/content/parts/0/thought"), "true");
  EXPECT_FALSE(whole.has("/candidates/0/content/parts/0/thoughtSignature"));
  const std::string signature = whole.text("/candidates/0/content/parts/1/thoughtSignature");
  EXPECT_FALSE(signature.empty());
  const std::int64_t thoughts = whole.number("/usageMetadata/thoughtsTokenCount");
  EXPECT_GT(thoughts, 0);
  EXPECT_EQ(
      whole.number("/usageMetadata/totalTokenCount"),
      whole.number("/usageMetadata/promptTokenCount") + whole.number("/usageMetadata/candidatesTokenCount") + thoughts);
  const auto events = gemini_events(gemini_stream(simulator, gemini_body("hi", gemini_thinking)));
  EXPECT_EQ(gemini_text(events, "/candidates/0", true), whole.text("/candidates/0/content/parts/0/text"));
  EXPECT_EQ(gemini_text(events), whole.text("/candidates/0/content/parts/1/text"));
  // On a part with empty text, in the last chunk (trap 53).
  const Json last(events.back());
  EXPECT_EQ(last.text("/candidates/0/content/parts/0/text"), "");
  EXPECT_EQ(last.text("/candidates/0/content/parts/0/thoughtSignature"), signature);
  EXPECT_EQ(last.number("/usageMetadata/thoughtsTokenCount"), thoughts);
}

TEST(GeminiAnswer, HonoursItsConfiguration) {
  Simulator simulator;
  const Json cut(generate(simulator, gemini_body("hi", R"(,"generationConfig":{"maxOutputTokens":2})")).body);
  EXPECT_EQ(cut.text("/candidates/0/finishReason"), "MAX_TOKENS");
  EXPECT_EQ(cut.number("/usageMetadata/candidatesTokenCount"), 2);
  const Json stopped(generate(simulator, gemini_body("hi", R"(,"generationConfig":{"stopSequences":["said"]})")).body);
  EXPECT_EQ(stopped.text("/candidates/0/content/parts/0/text"), "You ");
  EXPECT_EQ(stopped.text("/candidates/0/finishReason"), "STOP");
  const auto schema = [&](const char* config) {
    return Json(generate(simulator, gemini_body("hi", std::string(R"(,"generationConfig":)") + config)).body)
        .text("/candidates/0/content/parts/0/text");
  };
  EXPECT_EQ(schema(R"({"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":)"
                   R"({"a":{"type":"ARRAY","items":{"type":"STRING","enum":["x"]},"minItems":"2","maxItems":"2"}}}})"),
            R"({"a":["x","x"]})");
  EXPECT_EQ(schema(R"({"responseMimeType":"application/json","responseJsonSchema":{"const":[1,"x"]}})"), R"([1,"x"])");
  EXPECT_EQ(schema(R"({"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["one"]}})"), "one");
  EXPECT_TRUE(Json(schema(R"({"responseMimeType":"application/json"})")).has("/answer"));
  const Json logprobs(
      generate(simulator, gemini_body("hi", R"(,"generationConfig":{"responseLogprobs":true,"logprobs":1})")).body);
  EXPECT_EQ(logprobs.text("/candidates/0/logprobsResult/chosenCandidates/0/token"), "You");
  EXPECT_EQ(logprobs.text("/candidates/0/logprobsResult/topCandidates/0/candidates/0/token"), "You");
}

TEST(GeminiAnswer, TakesNamesInBothSpellings) {
  Simulator simulator;
  const char* const snake = R"(,"system_instruction":{"parts":[{"text":"be short"}]},"generation_config":)"
                            R"({"max_output_tokens":2,"thinking_config":{"include_thoughts":false}})";
  const Json json(generate(simulator, gemini_body("hi", snake)).body);
  EXPECT_EQ(json.text("/candidates/0/finishReason"), "MAX_TOKENS");
}

TEST(GeminiAnswer, HasSeveralCandidates) {
  Simulator simulator;
  const char* const two = R"(,"generationConfig":{"candidateCount":2})";
  const Json whole(generate(simulator, gemini_body("hi", two)).body);
  const auto events = gemini_events(gemini_stream(simulator, gemini_body("hi", two)));
  std::string first;
  std::string second;
  for (const std::string& event : events) {
    const Json json(event);
    (json.number("/candidates/0/index") == 0 ? first : second) += json.text("/candidates/0/content/parts/0/text");
  }
  EXPECT_EQ(first, whole.text("/candidates/0/content/parts/0/text"));
  EXPECT_EQ(second, whole.text("/candidates/1/content/parts/0/text"));
  EXPECT_EQ(Json(events[0]).number("/candidates/0/index"), 0);
  EXPECT_EQ(Json(events[1]).number("/candidates/0/index"), 1);
}

TEST(GeminiAnswer, CallsFunctionsWhole) {
  Simulator simulator;
  const Json whole(generate(simulator, gemini_body("weather?", gemini_weather)).body);
  const std::string part = "/candidates/0/content/parts/0";
  EXPECT_EQ(whole.text(part + "/functionCall/name"), "weather");
  EXPECT_EQ(whole.minified(part + "/functionCall/args"), R"({"city":"Oslo","days":3})");
  EXPECT_FALSE(whole.text(part + "/functionCall/id").empty());
  EXPECT_FALSE(whole.text(part + "/thoughtSignature").empty());
  EXPECT_EQ(whole.text("/candidates/0/finishReason"), "STOP");  // trap 39
  const auto events = gemini_events(gemini_stream(simulator, gemini_body("weather?", gemini_weather)));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(Json(events[0]).minified(part), whole.minified(part));
  const std::string forced =
      std::string(gemini_weather) +
      R"(,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["weather"]}})";
  EXPECT_TRUE(Json(generate(simulator, gemini_body("hi", forced)).body).has(part + "/functionCall"));
  const std::string never = std::string(gemini_weather) + R"(,"toolConfig":{"functionCallingConfig":{"mode":"NONE"}})";
  EXPECT_FALSE(Json(generate(simulator, gemini_body("weather?", never)).body).has(part + "/functionCall"));
}

TEST(GeminiAnswer, OfParallelCallsOnlyTheFirstIsSigned) {
  Simulator simulator(rule(R"({"answer": {"reasoning": "two are needed", "tool_calls": [
      {"id": "a", "name": "f", "arguments": {"x": [1]}}, {"id": "", "name": "g", "arguments": "{broken"}]}})"));
  const Answer answer = generate(simulator, gemini_body("hi"));
  EXPECT_NE(answer.body.find(R"({"functionCall":{"name":"g","args":{broken}})"), std::string::npos) << answer.body;
  const auto signature = answer.body.find("thoughtSignature");
  EXPECT_GT(signature, answer.body.find(R"("id":"a")"));
  EXPECT_LT(signature, answer.body.find(R"("name":"g")"));
  EXPECT_EQ(answer.body.find("thoughtSignature", signature + 1), std::string::npos);
}

/// A turn in which the model called `weather` with this part, and its result.
std::string after_call(std::string_view part, std::string_view response = R"({"output":"rain"})") {
  std::string body = R"({"contents":[{"role":"user","parts":[{"text":"weather?"}]},{"role":"model","parts":[)";
  body.append(part).append(R"(]},{"role":"user","parts":[{"functionResponse":{"name":"weather","response":)");
  return body.append(response).append("}}]}]").append(gemini_weather).append("}");
}

TEST(GeminiAnswer, WantsItsPartsBackAsTheyWere) {
  Simulator simulator;
  const Json first(generate(simulator, gemini_body("weather?", gemini_weather)).body);
  const std::string part = first.minified("/candidates/0/content/parts/0");
  const Json answer(generate(simulator, after_call(part)).body);
  EXPECT_EQ(answer.text("/candidates/0/content/parts/0/text").substr(0, 35), "The tool answered: {\"output\":\"rain\"");
  const auto refusal = [&](std::string changed) {
    const Answer refused = generate(simulator, after_call(changed));
    EXPECT_EQ(refused.status, 400) << changed;
    return Json(refused.body).text("/error/message");
  };
  const auto with = [&](std::string_view what, std::string_view by) {
    std::string changed = part;
    return changed.replace(changed.find(what), what.size(), by);
  };
  EXPECT_EQ(refusal(with(R"("city":"Oslo","days":3)", R"("days":3,"city":"Oslo")")), "Thought signature is not valid.");
  EXPECT_EQ(refusal(with("thoughtSignature\":\"", "thoughtSignature\":\"AAAA")), "Thought signature is not valid.");
  EXPECT_EQ(generate(simulator, after_call(with("\"days\":3", "\"days\": 3.0"))).status, 200);
  const std::string unsigned_part = part.substr(0, part.find(",\"thoughtSignature")) + "}";
  EXPECT_NE(refusal(unsigned_part).find("missing a thought_signature"), std::string::npos);
  // Histories made elsewhere carry a sentinel; older models want no signature.
  const std::string sentinel =
      with(first.text("/candidates/0/content/parts/0/thoughtSignature"), "skip_thought_signature_validator");
  EXPECT_EQ(generate(simulator, after_call(sentinel)).status, 200);
  EXPECT_EQ(generate(simulator, after_call(unsigned_part), "/v1beta/models/gemini-2.5-flash:").status, 200);
}

TEST(GeminiAnswer, ASignatureOfTheScenarioIsTakenBack) {
  Simulator simulator(Scenario().rule(
      R"({"times": 1, "answer": {"blocks": [{"reasoning": "hm", "signature": "b3du"}, {"tool_call": {"name": "weather"}}]}})"));
  const Json first(generate(simulator, gemini_body("hi", gemini_weather)).body);
  EXPECT_EQ(first.text("/candidates/0/content/parts/1/thoughtSignature"), "b3du");
  EXPECT_EQ(generate(simulator, after_call(first.minified("/candidates/0/content/parts/1"))).status, 200);
}

TEST(GeminiAnswer, CountsWhatIsCached) {
  Simulator simulator;
  const Json cached(generate(simulator, gemini_body("hi", R"(,"cachedContent":"cachedContents/x")")).body);
  const std::int64_t tokens = cached.number("/usageMetadata/cachedContentTokenCount");
  EXPECT_GT(tokens, 0);
  EXPECT_GT(cached.number("/usageMetadata/promptTokenCount"), tokens);  // it includes them (trap 109)
  Simulator scripted(
      rule(R"({"answer": {"tokens": {"prompt": 100, "cached": 90, "completion": 30, "reasoning": 20}}})"));
  const Json json(generate(scripted, gemini_body("hi")).body);
  EXPECT_EQ(json.number("/usageMetadata/promptTokenCount"), 100);
  EXPECT_EQ(json.number("/usageMetadata/cachedContentTokenCount"), 90);
  EXPECT_EQ(json.number("/usageMetadata/candidatesTokenCount"), 10);
  EXPECT_EQ(json.number("/usageMetadata/thoughtsTokenCount"), 20);
  EXPECT_EQ(json.number("/usageMetadata/totalTokenCount"), 130);
}

TEST(GeminiAnswer, RefusesAPrompt) {
  Simulator simulator(rule(R"({"answer": {"failed": {"type": "PROHIBITED_CONTENT"}}})"));
  const Answer answer = generate(simulator, gemini_body("hi"));
  EXPECT_EQ(answer.status, 200);
  const Json json(answer.body);
  EXPECT_EQ(json.text("/promptFeedback/blockReason"), "PROHIBITED_CONTENT");
  EXPECT_EQ(json.minified("/promptFeedback/safetyRatings/0/blocked"), "true");
  EXPECT_FALSE(json.has("/candidates"));
  const auto events = gemini_events(gemini_stream(simulator, gemini_body("hi")));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(Json(events[0]).minified(""), json.minified(""));
}

TEST(GeminiAnswer, TellsHowSafeItIs) {
  Simulator simulator(Scenario().rule(R"({"times": 1, "answer": {"chunks": [], "finish_reason": "content_filter"}})"));
  const char* const settings =
      R"(,"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_ONLY_HIGH"}])";
  const Json stopped(generate(simulator, gemini_body("hi", settings)).body);
  EXPECT_EQ(stopped.text("/candidates/0/finishReason"), "SAFETY");
  EXPECT_EQ(stopped.minified("/candidates/0/content"), R"({"role":"model"})");  // trap 54
  EXPECT_EQ(stopped.text("/candidates/0/safetyRatings/0/probability"), "HIGH");
  const Json fine(generate(simulator, gemini_body("hi", settings)).body);
  EXPECT_EQ(fine.text("/candidates/0/safetyRatings/0/category"), "HARM_CATEGORY_HARASSMENT");
  EXPECT_EQ(fine.text("/candidates/0/safetyRatings/0/probability"), "NEGLIGIBLE");
  EXPECT_FALSE(Json(generate(simulator, gemini_body("hi")).body).has("/candidates/0/safetyRatings"));
}

TEST(GeminiAnswer, SaysWhatTheScriptSays) {
  Simulator simulator(rule(R"({"answer": {"id": "x", "model": "y", "finish_reason": "LANGUAGE", "usage": {"odd": 1},
      "blocks": [{"text": "cited", "citations": [{"uri": "https://example.com"}]}, {"extra": {"executableCode": {"code": "1"}}}]}})"));
  const Json whole(generate(simulator, gemini_body("hi")).body);
  EXPECT_EQ(whole.text("/responseId"), "x");
  EXPECT_EQ(whole.text("/modelVersion"), "y");
  EXPECT_EQ(whole.text("/candidates/0/finishReason"), "LANGUAGE");
  EXPECT_EQ(whole.minified("/usageMetadata"), R"({"odd":1})");
  EXPECT_EQ(whole.text("/candidates/0/citationMetadata/citationSources/0/uri"), "https://example.com");
  EXPECT_EQ(whole.text("/candidates/0/content/parts/1/executableCode/code"), "1");
  const auto events = gemini_events(gemini_stream(simulator, gemini_body("hi")));
  EXPECT_EQ(Json(events[1]).text("/candidates/0/content/parts/0/executableCode/code"), "1");
  EXPECT_EQ(Json(events.back()).minified("/usageMetadata"), R"({"odd":1})");
  Simulator empty(rule(R"({"answer": {"finish_reason": null, "usage": null, "text": ""}})"));
  const Json nothing(generate(empty, gemini_body("hi")).body);
  EXPECT_FALSE(nothing.has("/candidates/0/finishReason"));
  EXPECT_FALSE(nothing.has("/usageMetadata"));
}

TEST(GeminiAnswer, MakesContentOnTheFly) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 3, "chunk_bytes": 5}}})"));
  EXPECT_EQ(Json(generate(simulator, gemini_body("hi")).body).text("/candidates/0/content/parts/0/text"),
            "0 0 01 1 12 2 2");
  EXPECT_EQ(gemini_text(gemini_events(gemini_stream(simulator, gemini_body("hi")))), "0 0 01 1 12 2 2");
}

TEST(Vertex, HasPathsAndFieldsOfItsOwn) {
  Simulator simulator;
  for (const std::string& path : {vertex, std::string("/v1beta1/publishers/google/models/gemini-3-flash:")}) {
    const Json json(generate(simulator, gemini_body("hi", R"(,"labels":{"team":"a_b"})"), path).body);
    EXPECT_EQ(json.text("/candidates/0/finishReason"), "STOP");
    EXPECT_TRUE(json.has("/createTime"));
    EXPECT_EQ(json.text("/usageMetadata/trafficType"), "ON_DEMAND");
  }
  const char* const without_role = R"({"contents":[{"parts":[{"text":"hi"}]}]})";
  EXPECT_EQ(generate(simulator, without_role).status, 200);
  EXPECT_EQ(generate(simulator, without_role, vertex).status, 400);
  EXPECT_EQ(generate(simulator, gemini_body("hi", R"(,"labels":{})")).status, 400);
}

TEST(Vertex, StreamsArgumentsOnRequest) {
  Simulator simulator(rule(
      R"({"answer": {"tool_calls": [{"id": "a", "name": "f", "arguments": {"s": "one two", "n": 1.5, "o": {"l": [true, null]}}}, {"name": "g"}]}})"));
  const std::string more =
      std::string(gemini_weather) + R"(,"toolConfig":{"functionCallingConfig":{"streamFunctionCallArguments":true}})";
  EXPECT_EQ(gemini_stream(simulator, gemini_body("hi", more)).status, 400);
  const auto events = gemini_events(gemini_stream(simulator, gemini_body("hi", more), vertex));
  std::vector<std::string> calls;
  for (const std::string& event : events) {
    const Json json(event);
    if (json.has("/candidates/0/content/parts/0/functionCall")) {
      calls.push_back(json.minified("/candidates/0/content/parts/0/functionCall"));
    }
  }
  const std::vector<std::string> expected{
      R"({"id":"a","name":"f","willContinue":true})",
      R"({"partialArgs":[{"jsonPath":"$.s","stringValue":"one","willContinue":true}],"willContinue":true})",
      R"({"partialArgs":[{"jsonPath":"$.s","stringValue":" two","willContinue":true}],"willContinue":true})",
      R"({"partialArgs":[{"jsonPath":"$.s","stringValue":""}],"willContinue":true})",
      R"({"partialArgs":[{"jsonPath":"$.n","numberValue":1.5}],"willContinue":true})",
      R"({"partialArgs":[{"jsonPath":"$.o.l[0]","boolValue":true}],"willContinue":true})",
      R"({"partialArgs":[{"jsonPath":"$.o.l[1]","nullValue":"NULL_VALUE"}],"willContinue":true})",
      R"({})",
      R"({"id":"call_2","name":"g"})"};
  EXPECT_EQ(calls, expected);
}

TEST(Gemini, ListsItsModels) {
  Simulator simulator(Scenario().model("a").model("b").model("c-embedding"));
  const auto get = [&](const char* path) { return ask(simulator, request_text("GET", path)); };
  const Json first(get("/v1beta/models?pageSize=2").body);
  EXPECT_EQ(first.text("/models/1/name"), "models/b");
  EXPECT_FALSE(first.has("/models/2"));
  const std::string token = first.text("/nextPageToken");
  const Json second(get(("/v1beta/models?pageSize=2&pageToken=" + token).c_str()).body);
  EXPECT_EQ(second.text("/models/0/name"), "models/c-embedding");
  EXPECT_EQ(second.text("/models/0/supportedGenerationMethods/0"), "embedContent");
  EXPECT_FALSE(second.has("/nextPageToken"));
  EXPECT_EQ(Json(get("/v1beta/models/a").body).number("/inputTokenLimit"), 1048576);
  EXPECT_EQ(get("/v1beta/models/d").status, 404);
  EXPECT_EQ(Json(generate(simulator, gemini_body("hi")).body).text("/error/status"), "NOT_FOUND");
  // The same path as OpenAI's, told apart by the key.
  EXPECT_TRUE(Json(ask(simulator, request_text("GET", "/v1/models", "", "x-goog-api-key: k\r\n")).body).has("/models"));
  EXPECT_TRUE(Json(get("/v1/models").body).has("/data"));
  EXPECT_TRUE(Json(get("/v1beta/openai/models").body).has("/data"));
}

TEST(Gemini, CountsTokens) {
  Simulator simulator;
  const auto count = [&](const std::string& body) {
    return ask(simulator, request_text("POST", base + "countTokens", body));
  };
  const Json plain(count(gemini_body("hi")).body);
  EXPECT_EQ(plain.number("/totalTokens"),
            Json(generate(simulator, gemini_body("hi")).body).number("/usageMetadata/promptTokenCount"));
  const std::string whole =
      R"({"generateContentRequest":{"model":"models/gemini-3-flash","contents":[{"parts":[{"text":"hi"}]}],)"
      R"("systemInstruction":{"parts":[{"text":"be brief and friendly"}]}}})";
  EXPECT_GT(Json(count(whole).body).number("/totalTokens"), plain.number("/totalTokens"));
  EXPECT_EQ(count(gemini_body("hi", R"(,"systemInstruction":{"parts":[{"text":"x"}]})")).status, 400);
  EXPECT_EQ(
      count(R"({"generateContentRequest":{"model":"models/other","contents":[{"parts":[{"text":"hi"}]}]}})").status,
      400);
}

TEST(Gemini, WantsTheKey) {
  Simulator simulator(Scenario().api_key("right"));
  const auto answer = [&](const std::string& query, const char* header, const std::string& path = base) {
    return ask(simulator, request_text("POST", path + "generateContent" + query, gemini_body("hi"), header));
  };
  EXPECT_EQ(answer("", "x-goog-api-key: right\r\n").status, 200);
  EXPECT_EQ(answer("?key=right", "").status, 200);
  EXPECT_EQ(answer("", "Authorization: Bearer right\r\n", vertex).status, 200);
  const Answer missing = answer("", "");
  EXPECT_EQ(missing.status, 403);
  EXPECT_EQ(Json(missing.body).text("/error/status"), "PERMISSION_DENIED");
  const Answer wrong = answer("", "x-goog-api-key: wrong\r\n");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(Json(wrong.body).text("/error/status"), "INVALID_ARGUMENT");
  EXPECT_EQ(Json(wrong.body).text("/error/details/0/reason"), "API_KEY_INVALID");
  EXPECT_EQ(wrong.body.find("right"), std::string::npos);
  EXPECT_EQ(Json(answer("", "", vertex).body).text("/error/status"), "UNAUTHENTICATED");
  EXPECT_EQ(answer("", "Authorization: Bearer wrong\r\n", vertex).status, 401);
}

TEST(GeminiError, TellsTheWaitInItsBody) {
  Simulator simulator(rule(R"({"status": 429, "error": {"message": "slow down", "retry_after": 34.4, "details": [
      {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "x-PerDay"}]}]}})"));
  const Answer answer = generate(simulator, gemini_body("hi"));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "");
  const Json json(answer.body);
  EXPECT_EQ(json.number("/error/code"), 429);
  EXPECT_EQ(json.text("/error/message"), "slow down");
  EXPECT_EQ(json.text("/error/status"), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(json.text("/error/details/0/violations/0/quotaId"), "x-PerDay");
  EXPECT_EQ(json.text("/error/details/1/@type"), "type.googleapis.com/google.rpc.RetryInfo");
  EXPECT_EQ(json.text("/error/details/1/retryDelay"), "34.4s");
  EXPECT_EQ(ask(simulator, openai_chat("hi")).header("retry-after"), "34.4");
  // In an array where the answer would be one (trap 14).
  const Answer array = ask(simulator, request_text("POST", base + "streamGenerateContent", gemini_body("hi")));
  EXPECT_EQ(Json(array.body).minified("/0"), json.minified(""));
}

TEST(GeminiError, ComesWithinAStream) {
  Simulator simulator(
      rule(R"({"fault": {"error_in_stream": {"after_events": 1, "status": 503, "message": "overloaded"}}})"));
  const auto events = gemini_events(gemini_stream(simulator, gemini_body("hi")));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1], R"({"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}})");
  const Json array(ask(simulator, request_text("POST", base + "streamGenerateContent", gemini_body("hi"))).body);
  EXPECT_EQ(array.minified("/1"), events[1]);
}

TEST(GeminiFault, Content) {
  const auto body = [](const std::string& fault) {
    Simulator simulator(rule(R"({"answer": {"chunks": ["one", " two"]}, "fault": )" + fault + "}"));
    return gemini_events(gemini_stream(simulator, gemini_body("hi")));
  };
  EXPECT_NE(body(R"({"broken_utf8": {"event": 1}})")[1].find("\"text\":\"\xff\xfe two\""), std::string::npos);
  EXPECT_THROW(Json broken(body(R"({"broken_json": 1})")[1]), std::runtime_error);
  EXPECT_EQ(body(R"({"missing_finish": true})").size(), 2u);
  EXPECT_EQ(body(R"({"repeat_finish": 1})").size(), 4u);
  EXPECT_TRUE(Json(body(R"({"unknown_events": true})")[0]).has("/simulatorUnknown"));
  EXPECT_NE(body(R"({"unknown_fields": true})")[0].find(R"("content":{"simulator_unknown")"), std::string::npos);
  EXPECT_EQ(body(R"({"data_after_done": "[DONE]"})").back(), "[DONE]");
}

TEST(GeminiFault, FramingOfTheArray) {
  const auto body = [](const std::string& fault) {
    Simulator simulator(rule(R"({"answer": {"chunks": ["one"]}, "fault": )" + fault + "}"));
    return ask(simulator, request_text("POST", base + "streamGenerateContent", gemini_body("hi"))).body;
  };
  const std::string plain = body("{}");
  EXPECT_EQ(body(R"({"missing_line_end": true})"), plain.substr(0, plain.size() - 3));
  EXPECT_EQ(body(R"({"bom": true})"), "\xEF\xBB\xBF" + plain);
  EXPECT_NE(body(R"({"line_end": "lf"})").find("}\n,\n{"), std::string::npos);
  Simulator slow(
      rule(R"({"answer": {"chunks": ["one", "two"]}, "timing": {"stop_after_chunks": 1, "ping_every_ms": 1}})"));
  Client client(slow);
  client.send(request_text("POST", base + "streamGenerateContent", gemini_body("hi")));
  EXPECT_NE(client.read_until("\r\n\r\n2\r\n\r\n\r\n").find("\"one\""), std::string::npos);  // a chunk of CR LF alone
}

TEST(GeminiFault, RawEvents) {
  Simulator simulator(rule(R"({"raw": {"events": [{"candidates": []}, "odd"]}})"));
  EXPECT_EQ(gemini_stream(simulator, gemini_body("hi")).body, "data: {\"candidates\":[]}\r\n\r\ndata: odd\r\n\r\n");
}

}  // namespace
}  // namespace antiphon::test
