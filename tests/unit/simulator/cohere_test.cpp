#include <gtest/gtest.h>

#include "client.hpp"

// What Cohere answers and refuses: providers.md §6.12.

namespace antiphon::test {
namespace {

std::string cohere_body(std::string_view user, std::string_view more = "") {
  std::string body = R"({"model":"m","messages":[{"role":"user","content":")";
  return body.append(user).append("\"}]").append(more).append("}");
}

Answer post_cohere(const Simulator& simulator, std::string_view body) {
  return ask(simulator, request_text("POST", "/v2/chat", body));
}

Answer cohere_chat(const Simulator& simulator, std::string_view user, std::string_view more = "") {
  return post_cohere(simulator, cohere_body(user, more));
}

Answer cohere_stream(const Simulator& simulator, std::string_view user, std::string_view more = "") {
  return cohere_chat(simulator, user, R"(,"stream":true)" + std::string(more));
}

std::vector<std::string> cohere_types(const std::vector<std::string>& events) {
  std::vector<std::string> types;
  for (const std::string& event : events) types.push_back(Json(event).text("/type"));
  return types;
}

std::string cohere_text(const Answer& answer, const std::string& field = "text") {
  std::string text;
  for (const std::string& event : answer.events()) {
    const Json json(event);
    const std::string place = "/delta/message/content/" + field;
    if (json.text("/type") == "content-delta" && json.has(place)) text += json.text(place);
  }
  return text;
}

const char* const cohere_weather =
    R"(,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":)"
    R"({"city":{"const":"Oslo"}},"required":["city"]}}}])";

TEST(CohereAnswer, HasTheFieldsOfTheRealOne) {
  Simulator simulator;
  const Answer answer = cohere_chat(simulator, "hi");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(cohere_chat(simulator, "hi").body, answer.body);
  const Json json(answer.body);
  EXPECT_EQ(json.text("/id").size(), 36u);
  EXPECT_EQ(json.text("/finish_reason"), "COMPLETE");
  EXPECT_EQ(json.text("/message/role"), "assistant");
  EXPECT_EQ(json.text("/message/content/0/type"), "text");
  EXPECT_NE(json.text("/message/content/0/text").find("\"hi\""), std::string::npos);
  EXPECT_GT(json.number("/usage/tokens/input_tokens"), json.number("/usage/billed_units/input_tokens"));
  EXPECT_EQ(json.number("/usage/tokens/output_tokens"), json.number("/usage/billed_units/output_tokens"));
  EXPECT_EQ(json.number("/usage/cached_tokens"), 0);
}

TEST(CohereAnswer, StreamsTheSameInTypedEvents) {
  Simulator simulator;
  const Json whole(cohere_chat(simulator, "hi").body);
  const Answer answer = cohere_stream(simulator, "hi");
  EXPECT_EQ(answer.header("content-type"), "text/event-stream");
  EXPECT_EQ(cohere_text(answer), whole.text("/message/content/0/text"));
  const auto events = answer.events();
  const auto types = cohere_types(events);
  EXPECT_EQ(types[0], "message-start");
  EXPECT_EQ(Json(events[0]).text("/id"), whole.text("/id"));
  EXPECT_EQ(types[1], "content-start");
  EXPECT_EQ(Json(events[1]).minified("/delta/message/content"), R"({"type":"text","text":""})");
  EXPECT_EQ(types[types.size() - 2], "content-end");
  EXPECT_EQ(types.back(), "message-end");
  EXPECT_EQ(Json(events.back()).text("/delta/finish_reason"), "COMPLETE");
  EXPECT_EQ(Json(events.back()).minified("/delta/usage"), whole.minified("/usage"));
  const auto lines = answer.lines();
  EXPECT_EQ(lines[0], "event: message-start");
  EXPECT_EQ(lines[3], "event: content-start");
}

TEST(CohereAnswer, Thinks) {
  Simulator simulator;
  const char* const enabled = R"(,"thinking":{"type":"enabled","token_budget":100})";
  const Json whole(cohere_chat(simulator, "hi", enabled).body);
  EXPECT_EQ(whole.text("/message/content/0/type"), "thinking");
  const Answer answer = cohere_stream(simulator, "hi", enabled);
  EXPECT_EQ(cohere_text(answer, "thinking"), whole.text("/message/content/0/thinking"));
  EXPECT_EQ(cohere_text(answer), whole.text("/message/content/1/text"));
}

TEST(CohereAnswer, CallsTools) {
  Simulator simulator;
  const Json whole(cohere_chat(simulator, "weather?", cohere_weather).body);
  EXPECT_EQ(whole.text("/finish_reason"), "TOOL_CALL");
  EXPECT_TRUE(whole.is_null("/message/content"));
  EXPECT_EQ(whole.text("/message/tool_calls/0/type"), "function");
  EXPECT_EQ(whole.text("/message/tool_calls/0/function/name"), "weather");
  EXPECT_EQ(whole.text("/message/tool_calls/0/function/arguments"), R"({"city":"Oslo"})");
  const auto events = cohere_stream(simulator, "weather?", cohere_weather).events();
  EXPECT_EQ(cohere_types(events), (std::vector<std::string>{"message-start", "tool-call-start", "tool-call-delta",
                                                            "tool-call-end", "message-end"}));
  // An object here, an array in the whole message (trap 56).
  EXPECT_EQ(Json(events[1]).text("/delta/message/tool_calls/id"), whole.text("/message/tool_calls/0/id"));
  EXPECT_EQ(Json(events[1]).text("/delta/message/tool_calls/function/arguments"), "");
  EXPECT_EQ(Json(events[2]).minified("/delta/message/tool_calls"),
            R"({"function":{"arguments":"{\"city\":\"Oslo\"}"}})");
  const std::string required = std::string(cohere_weather) + R"(,"tool_choice":"REQUIRED")";
  EXPECT_EQ(Json(cohere_chat(simulator, "hi", required).body).text("/finish_reason"), "TOOL_CALL");
  const std::string none = std::string(cohere_weather) + R"(,"tool_choice":"NONE")";
  EXPECT_EQ(Json(cohere_chat(simulator, "weather?", none).body).text("/finish_reason"), "COMPLETE");
}

TEST(CohereAnswer, PlansItsCalls) {
  Simulator simulator(rule(
      R"({"answer": {"chunks": ["I will", " look."], "tool_calls": [{"id": "a", "name": "f"}, {"id": "b", "name": "g", "arguments": "{broken"}]}})"));
  const Json whole(cohere_chat(simulator, "hi").body);
  EXPECT_EQ(whole.text("/message/tool_plan"), "I will look.");
  EXPECT_EQ(whole.text("/message/tool_calls/1/function/arguments"), "{broken");
  const auto events = cohere_stream(simulator, "hi").events();
  EXPECT_EQ(Json(events[1]).minified(""), R"({"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I will"}}})");
  EXPECT_EQ(Json(events[3]).number("/index"), 0);
  EXPECT_EQ(Json(events[6]).number("/index"), 1);
}

TEST(CohereAnswer, CitesDocuments) {
  Simulator simulator;
  const char* const documents = R"(,"documents":["first",{"id":"own","data":{"title":"second"}}])";
  const Json whole(cohere_chat(simulator, "hi", documents).body);
  EXPECT_EQ(whole.text("/message/citations/0/text"), "You");
  EXPECT_EQ(whole.number("/message/citations/1/start"), 4);
  EXPECT_EQ(whole.number("/message/citations/1/end"), 9);
  EXPECT_EQ(whole.text("/message/citations/1/text"), "said:");
  EXPECT_EQ(whole.text("/message/citations/0/sources/0/document/text"), "first");
  EXPECT_EQ(whole.text("/message/citations/1/sources/0/id"), "own");
  std::vector<std::string> citations;
  for (const std::string& event : cohere_stream(simulator, "hi", documents).events()) {
    const Json json(event);
    if (json.text("/type") == "citation-start") citations.push_back(json.minified("/delta/message/citations"));
    const bool is_end = json.text("/type") == "citation-end";
    EXPECT_TRUE(!is_end || json.number("/index") + 1 == static_cast<int>(citations.size()));
  }
  ASSERT_EQ(citations.size(), 2u);
  EXPECT_EQ(citations[1], whole.minified("/message/citations/1"));
  const Json off(cohere_chat(simulator, "hi", std::string(documents) + R"(,"citation_options":{"mode":"OFF"})").body);
  EXPECT_FALSE(off.has("/message/citations"));
}

TEST(CohereAnswer, HonoursItsOptions) {
  Simulator simulator;
  const Json cut(cohere_chat(simulator, "hi", R"(,"max_tokens":2)").body);
  EXPECT_EQ(cut.text("/finish_reason"), "MAX_TOKENS");
  EXPECT_EQ(cut.number("/usage/billed_units/output_tokens"), 2);
  const Json stopped(cohere_chat(simulator, "hi", R"(,"stop_sequences":["said"])").body);
  EXPECT_EQ(stopped.text("/finish_reason"), "STOP_SEQUENCE");
  EXPECT_EQ(stopped.text("/message/content/0/text"), "You ");
  const Json schema(
      cohere_chat(simulator, "hi", R"(,"response_format":{"type":"json_object","json_schema":{"const":[1]}})").body);
  EXPECT_EQ(schema.text("/message/content/0/text"), "[1]");
  const Json logprobs(cohere_chat(simulator, "hi", R"(,"logprobs":true)").body);
  EXPECT_EQ(logprobs.text("/logprobs/0/text"), "You");
  EXPECT_EQ(Json(cohere_stream(simulator, "hi", R"(,"logprobs":true)").events()[2]).minified("/logprobs"),
            logprobs.minified("/logprobs/0"));
}

TEST(CohereAnswer, SpeaksOfTheToolResult) {
  Simulator simulator;
  const std::string body =
      R"({"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":[{"type":"text","text":"weather?"}]},)"
      R"({"role":"assistant","tool_plan":"look","tool_calls":[{"id":"a","type":"function","function":{"name":"weather","arguments":"{}"}}]},)"
      R"({"role":"tool","tool_call_id":"a","content":[{"type":"document","document":{"id":"d","data":"{\"rain\":1}"}}]}])";
  const Json json(post_cohere(simulator, body + cohere_weather + "}").body);
  EXPECT_EQ(json.text("/message/content/0/text").substr(0, 29), "The tool answered: {\"rain\":1}");
  EXPECT_EQ(json.text("/message/citations/0/sources/0/id"), "d");
}

TEST(CohereAnswer, SaysWhatTheScriptSays) {
  Simulator simulator(rule(R"({"answer": {"finish_reason": "ERROR", "usage": {"odd": 1}, "tokens": {"cached": 3},
      "blocks": [{"reasoning": "hm"}, {"text": "cited", "citations": [{"start": 0}]}, {"extra": {"type": "odd"}}]}})"));
  const Json whole(cohere_chat(simulator, "hi").body);
  EXPECT_EQ(whole.text("/finish_reason"), "ERROR");
  EXPECT_EQ(whole.minified("/usage"), R"({"odd":1})");
  EXPECT_EQ(whole.minified("/message/citations"), R"([{"start":0}])");
  EXPECT_EQ(whole.text("/message/content/2/type"), "odd");
  const auto types = cohere_types(cohere_stream(simulator, "hi").events());
  EXPECT_EQ(types, (std::vector<std::string>{"message-start", "content-start", "content-delta", "content-end",
                                             "content-start", "content-delta", "citation-start", "citation-end",
                                             "content-end", "content-start", "content-end", "message-end"}));
  Simulator without(rule(R"({"answer": {"usage": null, "finish_reason": null}})"));
  EXPECT_EQ(Json(cohere_stream(without, "hi").events().back()).minified(""), R"({"type":"message-end","delta":{}})");
  Simulator generated(rule(R"({"answer": {"generate": {"chunks": 3, "chunk_bytes": 5}}})"));
  EXPECT_EQ(Json(cohere_chat(generated, "hi").body).text("/message/content/0/text"), "0 0 01 1 12 2 2");
  EXPECT_EQ(cohere_text(cohere_stream(generated, "hi")), "0 0 01 1 12 2 2");
}

TEST(CohereError, BeforeAndWithinAStream) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "status": 429, "error": {"message": "trial limit", "retry_after": 2}})")
                          .rule(R"({"fault": {"error_in_stream": {"after_events": 3, "message": "gone"}}})"));
  const Answer answer = cohere_chat(simulator, "hi");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "2");
  EXPECT_EQ(Json(answer.body).text("/message"), "trial limit");
  EXPECT_EQ(Json(answer.body).text("/id").size(), 36u);
  const auto events = cohere_stream(simulator, "hi").events();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[3], R"({"type":"message-end","delta":{"error":"gone","finish_reason":"ERROR"}})");
}

TEST(CohereFault, Content) {
  const auto answer = [](const std::string& fault) {
    Simulator simulator(rule(R"({"answer": {"chunks": ["one", " two"]}, "fault": )" + fault + "}"));
    return cohere_stream(simulator, "hi");
  };
  const std::size_t usual = answer("{}").events().size();
  EXPECT_NE(answer(R"({"broken_utf8": {"event": 2}})").events()[2].find("\"text\":\"\xff\xfeone"), std::string::npos);
  EXPECT_EQ(answer(R"({"missing_finish": true})").events().size(), usual - 1);
  EXPECT_EQ(answer(R"({"repeat_finish": 1})").events().size(), usual + 1);
  EXPECT_EQ(answer(R"({"unknown_events": true})").lines()[0], "event: simulator-unknown");
  EXPECT_EQ(answer(R"({"missing_event_lines": true})").lines()[0].substr(0, 6), "data: ");
  EXPECT_EQ(answer(R"({"data_after_done": "[DONE]"})").events().back(), "[DONE]");
}

TEST(Cohere, WantsTheKey) {
  Simulator simulator(Scenario().api_key("right"));
  const auto answer = [&](const char* header) {
    return ask(simulator, request_text("POST", "/v2/chat", cohere_body("hi"), header));
  };
  EXPECT_EQ(answer("Authorization: Bearer right\r\n").status, 200);
  EXPECT_EQ(answer("").status, 401);
  const Answer wrong = answer("Authorization: Bearer wrong\r\n");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(Json(wrong.body).text("/message"), "invalid api token");
}

TEST(Cohere, ListsItsModels) {
  Simulator simulator;
  const auto get = [&](const char* path, const char* header = "X-Client-Name: test\r\n") {
    return ask(simulator, request_text("GET", path, "", header));
  };
  const Json all(get("/v1/models").body);
  EXPECT_EQ(all.text("/models/0/name"), "command-a-03-2025");
  EXPECT_EQ(all.text("/models/0/endpoints/0"), "chat");
  EXPECT_TRUE(Json(get("/cohere/v1/models", "").body).has("/models/2"));
  EXPECT_TRUE(Json(get("/v1/models", "").body).has("/data"));  // OpenAI's
  const Json embed(get("/v1/models?endpoint=embed").body);
  EXPECT_EQ(embed.text("/models/0/name"), "embed-v4.0");
  EXPECT_FALSE(embed.has("/models/1"));
  const Json first(get("/v1/models?page_size=2").body);
  EXPECT_TRUE(first.has("/models/1"));
  EXPECT_FALSE(first.has("/models/2"));
  const std::string token = first.text("/next_page_token");
  const Json last(get(("/v1/models?page_size=2&page_token=" + token).c_str()).body);
  EXPECT_EQ(last.text("/models/0/name"), all.text("/models/2/name"));
  EXPECT_FALSE(last.has("/next_page_token"));
  EXPECT_EQ(get("/v1/models?page_size=0").status, 400);
  EXPECT_EQ(get("/v1/models?page_token=none").status, 400);
  EXPECT_EQ(Json(get("/v1/models/x").body).text("/name"), "x");
  EXPECT_EQ(get("/v1/models/missing").status, 404);
  EXPECT_EQ(get("/cohere/v1/nothing").status, 404);
  EXPECT_EQ(ask(simulator, request_text("GET", "/v2/chat")).status, 405);
  EXPECT_EQ(post_cohere(simulator, R"({"model":"missing","messages":[{"role":"user","content":"a"}]})").status, 404);
}

struct CohereRefusedBody {
  const char* body;
  int status;
  const char* message;
};

class CohereRefusal : public testing::TestWithParam<CohereRefusedBody> {};

TEST_P(CohereRefusal, LooksLikeTheRealOne) {
  Simulator simulator;
  const std::string given = GetParam().body;
  const Answer answer = post_cohere(simulator, given[0] == ',' ? cohere_body("hi", given) : given);
  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
  const std::string message = Json(answer.body).text("/message");
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    All, CohereRefusal,
    testing::Values(
        CohereRefusedBody{"{", 400, "no JSON"}, CohereRefusedBody{"[]", 400, "an object"},
        CohereRefusedBody{"{}", 400, "model is required"},
        CohereRefusedBody{R"({"model":"m"})", 400, "messages is required"},
        CohereRefusedBody{R"({"model":"m","messages":[{"role":"user","content":""}]})", 400, "not empty"},
        CohereRefusedBody{R"({"model":"m","messages":[{"role":"model","content":"a"}]})", 400, "messages[0].role"},
        CohereRefusedBody{R"({"model":"m","messages":[{"role":"assistant","content":"a"}]})", 400, "last message"},
        CohereRefusedBody{R"({"model":"m","messages":[{"role":"user","content":[{"type":"image","text":"a"}]}]})", 400,
                          "type"},
        CohereRefusedBody{
            R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]})",
            400, "URL"},
        CohereRefusedBody{R"({"model":"m","messages":[{"role":"tool","tool_call_id":"a","content":"b"}]})", 400,
                          "id a"},
        CohereRefusedBody{
            R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":)"
            R"({"name":"f","arguments":{}}}]}]})",
            400, "arguments must be a string"},
        CohereRefusedBody{
            R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":)"
            R"({"name":"f","arguments":"{}"}}]},{"role":"user","content":"b"}]})",
            400, "tool call id a"},
        CohereRefusedBody{R"(,"top_p":0.5)", 422, "unknown field: parameter 'top_p'"},
        CohereRefusedBody{R"(,"max_completion_tokens":5)", 422, "max_completion_tokens"},
        CohereRefusedBody{R"(,"p":1)", 400, "p must be at most 0.99"},
        CohereRefusedBody{R"(,"k":501)", 400, "k must be at most 500"},
        CohereRefusedBody{R"(,"temperature":-1)", 400, "temperature must be at least 0"},
        CohereRefusedBody{R"(,"stop_sequences":["1","2","3","4","5","6"])", 400, "at most 5"},
        CohereRefusedBody{R"(,"tool_choice":"REQUIRED")", 400, "needs tools"},
        CohereRefusedBody{R"(,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"auto")", 400,
                          "tool_choice"},
        CohereRefusedBody{R"(,"tools":[{"type":"function","function":{"name":"f","strict":true}}])", 422,
                          "'tools[0].function.strict'"},
        CohereRefusedBody{R"(,"tools":[{"type":"function","function":{"name":"a b"}}])", 400, "name"},
        CohereRefusedBody{R"(,"response_format":{"type":"json_schema"})", 400, "response_format.type"},
        CohereRefusedBody{R"(,"response_format":{"type":"text","json_schema":{}})", 400, "json_object"},
        CohereRefusedBody{R"(,"documents":["a"],"response_format":{"type":"json_object"})", 400,
                          "does not go together"},
        CohereRefusedBody{R"(,"documents":[1])", 400, "documents"},
        CohereRefusedBody{R"(,"safety_mode":"NONE")", 400, "safety_mode"},
        CohereRefusedBody{R"(,"thinking":{"type":"auto"})", 400, "thinking.type"},
        CohereRefusedBody{R"(,"stream":1)", 400, "stream"}));

}  // namespace
}  // namespace antiphon::test
