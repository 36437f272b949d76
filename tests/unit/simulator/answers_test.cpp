#include <gtest/gtest.h>

#include <set>

#include "client.hpp"

namespace antiphon::test {
namespace {

Answer chat(const Simulator& simulator, std::string_view body) {
  return ask(simulator, request_text("POST", "/v1/chat/completions", body));
}

TEST(OpenAiAnswer, IsTheSameForTheSameRequest) {
  Simulator first;
  Simulator second;
  Simulator other_seed(Scenario().seed(7));
  const Answer answer = ask(first, openai_chat("Why is the sky blue?"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(ask(first, openai_chat("Why is the sky blue?")).body, answer.body);
  EXPECT_EQ(ask(second, openai_chat("Why is the sky blue?")).body, answer.body);
  EXPECT_NE(ask(first, openai_chat("Why is the sea blue?")).body, answer.body);
  EXPECT_NE(ask(other_seed, openai_chat("Why is the sky blue?")).body, answer.body);
  const std::string text = Json(answer.body).text("/choices/0/message/content");
  EXPECT_NE(text.find("Why is the sky blue?"), std::string::npos);
  EXPECT_NE(
      text,
      Json(ask(first, openai_chat("Why is the sky blue?", R"(,"seed":1)")).body).text("/choices/0/message/content"));
}

TEST(OpenAiAnswer, HasTheFieldsOfTheRealOne) {
  Simulator simulator;
  const Answer answer = ask(simulator, openai_chat("hi"));
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.header("x-request-id").substr(0, 4), "req_");
  EXPECT_EQ(answer.header("openai-version"), "2020-10-01");
  const Json json(answer.body);
  EXPECT_EQ(json.text("/id").substr(0, 9), "chatcmpl-");
  EXPECT_EQ(json.text("/object"), "chat.completion");
  EXPECT_EQ(json.text("/model"), "m");
  EXPECT_EQ(json.text("/choices/0/message/role"), "assistant");
  EXPECT_EQ(json.text("/choices/0/finish_reason"), "stop");
  EXPECT_TRUE(json.is_null("/choices/0/message/refusal"));
  EXPECT_EQ(json.number("/usage/total_tokens"),
            json.number("/usage/prompt_tokens") + json.number("/usage/completion_tokens"));
  EXPECT_NE(ask(simulator, openai_chat("hi")).header("x-request-id"), answer.header("x-request-id"));
}

TEST(OpenAiAnswer, StreamsTheSameTextWordByWord) {
  Simulator simulator;
  const Json whole(ask(simulator, openai_chat("hi")).body);
  const Answer stream = ask(simulator, openai_chat("hi", R"(,"stream":true)"));
  EXPECT_EQ(stream.header("content-type"), "text/event-stream; charset=utf-8");
  // What stands between keeps nothing and holds nothing back (trap 11).
  EXPECT_EQ(stream.header("cache-control"), "no-cache");
  EXPECT_EQ(stream.header("x-accel-buffering"), "no");
  EXPECT_TRUE(stream.complete);
  const auto events = stream.events();
  EXPECT_EQ(openai_text(stream), whole.text("/choices/0/message/content"));
  EXPECT_EQ(static_cast<std::int64_t>(events.size()), whole.number("/usage/completion_tokens") + 3);
  EXPECT_EQ(Json(events.front()).text("/choices/0/delta/role"), "assistant");
  EXPECT_EQ(Json(events[events.size() - 2]).text("/choices/0/finish_reason"), "stop");
  EXPECT_EQ(events.back(), "[DONE]");
  for (std::size_t i = 0; i + 1 < events.size(); ++i) {
    const Json event(events[i]);
    EXPECT_EQ(event.text("/id"), whole.text("/id"));
    EXPECT_FALSE(event.has("/usage"));
  }
}

TEST(OpenAiAnswer, GivesUsageOnRequest) {
  Simulator simulator;
  const Json whole(ask(simulator, openai_chat("hi")).body);
  const auto events =
      ask(simulator, openai_chat("hi", R"(,"stream":true,"stream_options":{"include_usage":true})")).events();
  EXPECT_TRUE(Json(events.front()).is_null("/usage"));
  const Json usage(events[events.size() - 2]);
  EXPECT_EQ(usage.minified("/choices"), "[]");
  EXPECT_EQ(usage.minified("/usage"), whole.minified("/usage"));
}

TEST(OpenAiAnswer, EndsAtItsLimit) {
  Simulator simulator;
  for (const char* name : {"max_tokens", "max_completion_tokens"}) {
    const Json json(ask(simulator, openai_chat("hi", std::string(",\"") + name + "\":3")).body);
    EXPECT_EQ(json.text("/choices/0/finish_reason"), "length");
    EXPECT_EQ(json.number("/usage/completion_tokens"), 3);
  }
  EXPECT_EQ(Json(ask(simulator, openai_chat("hi", R"(,"max_tokens":100000)")).body).text("/choices/0/finish_reason"),
            "stop");
}

TEST(OpenAiAnswer, EndsBeforeAStopSequence) {
  Simulator simulator;
  for (const char* stop : {R"(,"stop":"said")", R"(,"stop":["zzz","said"])"}) {
    EXPECT_EQ(Json(ask(simulator, openai_chat("hi", stop)).body).text("/choices/0/message/content"), "You ");
  }
}

TEST(OpenAiAnswer, HasSeveralChoicesThatInterleave) {
  Simulator simulator;
  const Json whole(ask(simulator, openai_chat("hi", R"(,"n":3)")).body);
  const Answer stream = ask(simulator, openai_chat("hi", R"(,"n":3,"stream":true)"));
  std::set<std::string> texts;
  for (int i = 0; i < 3; ++i) {
    const std::string text = whole.text("/choices/" + std::to_string(i) + "/message/content");
    EXPECT_EQ(openai_text(stream, i), text);
    texts.insert(text);
  }
  EXPECT_GT(texts.size(), 1u);
  EXPECT_FALSE(whole.has("/choices/3"));
  const auto events = stream.events();
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Json(events[static_cast<std::size_t>(i)]).number("/choices/0/index"), i % 3);
}

TEST(OpenAiAnswer, HasLogprobsOfEachPiece) {
  Simulator simulator;
  const Json whole(ask(simulator, openai_chat("hi", R"(,"logprobs":true)")).body);
  EXPECT_EQ(whole.text("/choices/0/logprobs/content/0/token"), "You");
  EXPECT_EQ(whole.minified("/choices/0/logprobs/content/0/bytes"), "[89,111,117]");
  const auto events = ask(simulator, openai_chat("hi", R"(,"logprobs":true,"stream":true)")).events();
  EXPECT_EQ(Json(events[1]).text("/choices/0/logprobs/content/0/token"), "You");
}

const char* const weather_tool =
    R"("tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":)"
    R"({"city":{"type":"string","enum":["Oslo"]},"days":{"type":"integer","minimum":3,"maximum":3}},"required":["city","days"]}}}])";

std::string with_tools(std::string_view user, std::string_view choice) {
  return openai_chat(user, "," + std::string(weather_tool) + std::string(choice));
}

TEST(OpenAiAnswer, CallsAToolWithArgumentsOfItsSchema) {
  Simulator simulator;
  const char* const named = R"(,"tool_choice":{"type":"function","function":{"name":"weather"}})";
  for (const std::string& request : {with_tools("hi", R"(,"tool_choice":"required")"), with_tools("hi", named),
                                     with_tools("call weather please", "")}) {
    const Json json(ask(simulator, request).body);
    EXPECT_EQ(json.text("/choices/0/finish_reason"), "tool_calls");
    EXPECT_TRUE(json.is_null("/choices/0/message/content"));
    EXPECT_EQ(json.text("/choices/0/message/tool_calls/0/type"), "function");
    EXPECT_EQ(json.text("/choices/0/message/tool_calls/0/function/name"), "weather");
    EXPECT_EQ(json.text("/choices/0/message/tool_calls/0/function/arguments"), R"({"city":"Oslo","days":3})");
  }
  for (const char* choice : {R"(,"tool_choice":"none")", ""}) {
    EXPECT_EQ(Json(ask(simulator, with_tools("hi", choice)).body).text("/choices/0/finish_reason"), "stop");
  }
}

TEST(OpenAiAnswer, StreamsAToolCallInFragments) {
  Simulator simulator;
  const Json whole(ask(simulator, with_tools("hi", R"(,"tool_choice":"required")")).body);
  const auto events = ask(simulator, with_tools("hi", R"(,"tool_choice":"required","stream":true)")).events();
  const Json first(events[1]);
  EXPECT_EQ(first.text("/choices/0/delta/tool_calls/0/id"), whole.text("/choices/0/message/tool_calls/0/id"));
  EXPECT_EQ(first.text("/choices/0/delta/tool_calls/0/function/name"), "weather");
  std::string arguments;
  for (std::size_t i = 2; i + 2 < events.size(); ++i) {
    const Json event(events[i]);
    EXPECT_FALSE(event.has("/choices/0/delta/tool_calls/0/id"));
    arguments += event.text("/choices/0/delta/tool_calls/0/function/arguments");
  }
  EXPECT_EQ(arguments, R"({"city":"Oslo","days":3})");
}

TEST(OpenAiAnswer, SpeaksOfTheToolResult) {
  Simulator simulator;
  const Answer answer = chat(
      simulator,
      R"({"model":"m","messages":[{"role":"user","content":"weather"},{"role":"assistant","content":null,"tool_calls":)"
      R"([{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1",)"
      R"("content":"rain"}],)" +
          std::string(weather_tool) + "}");
  EXPECT_EQ(Json(answer.body).text("/choices/0/message/content").substr(0, 24), "The tool answered: rain ");
}

TEST(OpenAiAnswer, FitsASchema) {
  Simulator simulator;
  const char* const schema =
      R"({"type":"object","required":["name","age","tags","kind","child","at"],"properties":{)"
      R"("name":{"type":"string","minLength":12},"age":{"type":"integer","exclusiveMinimum":17,"maximum":19},)"
      R"("tags":{"type":"array","items":{"type":"boolean"},"minItems":3,"maxItems":3},"kind":{"enum":["a"]},)"
      R"("child":{"$ref":"#/$defs/child"},"at":{"type":"string","format":"date"},"half":{"type":"number","minimum":0.5,"maximum":0.5}},)"
      R"("$defs":{"child":{"anyOf":[{"type":"object","properties":{"next":{"$ref":"#/$defs/child"}},"required":["next"]},{"type":"null"}]}}})";
  const std::string format =
      R"(,"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":)" + std::string(schema) + "}}";
  const Json answer(ask(simulator, openai_chat("hi", format)).body);
  const Json json(answer.text("/choices/0/message/content"));
  EXPECT_GE(json.text("/name").size(), 12u);
  EXPECT_GE(json.number("/age"), 18);
  EXPECT_LE(json.number("/age"), 19);
  EXPECT_TRUE(json.has("/tags/2"));
  EXPECT_FALSE(json.has("/tags/3"));
  EXPECT_EQ(json.text("/kind"), "a");
  EXPECT_TRUE(json.has("/child/next"));
  EXPECT_EQ(json.text("/at"), "2026-02-01");
  const Answer stream = ask(simulator, openai_chat("hi", format + R"(,"stream":true)"));
  EXPECT_EQ(openai_text(stream), answer.text("/choices/0/message/content"));
}

TEST(OpenAiAnswer, AHostileSchemaEndsSoon) {
  Simulator simulator;
  const char* const schema =
      R"({"allOf":[{"$ref":"#"},{"$ref":"#"}],"type":"array","minItems":10000,"items":{"$ref":"#"}})";
  const Answer answer = ask(
      simulator, openai_chat("hi", R"(,"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":)" +
                                       std::string(schema) + "}}"));
  EXPECT_EQ(answer.status, 200);
}

TEST(OpenAiAnswer, IsJsonWhenThatIsWanted) {
  Simulator simulator;
  const Json answer(ask(simulator, openai_chat("give me json", R"(,"response_format":{"type":"json_object"})")).body);
  EXPECT_TRUE(Json(answer.text("/choices/0/message/content")).has("/answer"));
}

TEST(OpenAiAnswer, CountsImages) {
  Simulator simulator;
  const Answer answer =
      chat(simulator, R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"look"},)"
                      R"({"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}}]}]})");
  EXPECT_NE(Json(answer.body).text("/choices/0/message/content").find("Images in it: 1."), std::string::npos);
}

struct ChatRefusal {
  const char* body;
  int status;
  const char* code;
  const char* param;
};

class OpenAiRefusal : public testing::TestWithParam<ChatRefusal> {};

TEST_P(OpenAiRefusal, LooksLikeTheRealOne) {
  Simulator simulator;
  const Answer answer = chat(simulator, GetParam().body);
  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
  const Json json(answer.body);
  EXPECT_EQ(json.text("/error/type"), "invalid_request_error");
  EXPECT_FALSE(json.text("/error/message").empty());
  const auto check = [&](const char* place, const char* expected) {
    if (*expected) {
      EXPECT_EQ(json.text(place), expected);
    } else {
      EXPECT_TRUE(json.is_null(place)) << place;
    }
  };
  check("/error/code", GetParam().code);
  check("/error/param", GetParam().param);
}

INSTANTIATE_TEST_SUITE_P(
    All, OpenAiRefusal,
    testing::Values(
        ChatRefusal{"{", 400, "", ""}, ChatRefusal{"{\"a\":\"\xff\"}", 400, "", ""},
        ChatRefusal{"[]", 400, "invalid_type", "body"},
        ChatRefusal{R"({"messages":[{"role":"user","content":"a"}]})", 400, "", "model"},
        ChatRefusal{R"({"model":"m"})", 400, "missing_required_parameter", "messages"},
        ChatRefusal{R"({"model":"m","messages":[]})", 400, "empty_array", "messages"},
        ChatRefusal{R"({"model":"m","messages":[{"role":"x","content":"a"}]})", 400, "invalid_value",
                    "messages[0].role"},
        ChatRefusal{R"({"model":"m","messages":[{"role":"user"}]})", 400, "invalid_type", "messages[0].content"},
        ChatRefusal{R"({"model":"m","messages":[{"role":"user","content":[{"type":"x"}]}]})", 400, "invalid_value",
                    "messages[0].content[0].type"},
        ChatRefusal{
            R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]})",
            400, "invalid_image_url", "messages[0].content[0].image_url.url"},
        ChatRefusal{R"({"model":"m","messages":[{"role":"tool","tool_call_id":"a","content":"b"}]})", 400, "",
                    "messages[0]"},
        ChatRefusal{
            R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":)"
            R"({"name":"f","arguments":"{}"}}]},{"role":"user","content":"b"}]})",
            400, "", "messages[1]"},
        ChatRefusal{
            R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":)"
            R"({"name":"f","arguments":{}}}]}]})",
            400, "invalid_type", "messages[0].tool_calls[0].function.arguments"},
        ChatRefusal{R"({"model":"missing","messages":[{"role":"user","content":"a"}]})", 404, "model_not_found", ""},
        ChatRefusal{R"({"model":"m","temperature":3,"messages":[{"role":"user","content":"a"}]})", 400,
                    "decimal_above_max_value", "temperature"},
        ChatRefusal{R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"a"}]})", 400,
                    "decimal_below_min_value", "max_tokens"},
        ChatRefusal{R"({"model":"gpt-5-mini","max_tokens":9,"messages":[{"role":"user","content":"a"}]})", 400,
                    "unsupported_parameter", "max_tokens"},
        ChatRefusal{R"({"model":"m","n":"2","messages":[{"role":"user","content":"a"}]})", 400, "invalid_type", "n"},
        ChatRefusal{R"({"model":"m","stream":1,"messages":[{"role":"user","content":"a"}]})", 400, "invalid_type",
                    "stream"},
        ChatRefusal{R"({"model":"m","stream_options":{},"messages":[{"role":"user","content":"a"}]})", 400, "",
                    "stream_options"},
        ChatRefusal{R"({"model":"m","tool_choice":"auto","messages":[{"role":"user","content":"a"}]})", 400, "",
                    "tool_choice"},
        ChatRefusal{
            R"({"model":"m","tools":[{"type":"function","function":{"name":"a.b"}}],"messages":[{"role":"user","content":"a"}]})",
            400, "invalid_value", "tools[0].function.name"},
        ChatRefusal{
            R"({"model":"m","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"a"}]})", 400,
            "", "messages"},
        ChatRefusal{R"({"model":"m","stop":["a","b","c","d","e"],"messages":[{"role":"user","content":"a"}]})", 400,
                    "invalid_type", "stop"}));

TEST(OpenAi, ListsItsModels) {
  Simulator simulator(Scenario().model("a").model("b/c"));
  EXPECT_EQ(Json(ask(simulator, request_text("GET", "/v1/models")).body).text("/data/1/id"), "b/c");
  EXPECT_EQ(Json(ask(simulator, request_text("GET", "/v1/models/b/c")).body).text("/id"), "b/c");
  EXPECT_EQ(ask(simulator, request_text("GET", "/v1/models/d")).status, 404);
  EXPECT_EQ(ask(simulator, openai_chat("hi")).status, 404);
  EXPECT_EQ(ask(simulator, request_text("POST", "/v1/models", "{}")).status, 405);
  EXPECT_EQ(ask(simulator, request_text("GET", "/v1/chat/completions")).status, 405);
  EXPECT_EQ(ask(simulator, request_text("GET", "/nowhere")).status, 404);
}

TEST(OpenAi, WantsTheKey) {
  Simulator simulator(Scenario().api_key("sk-right"));
  const auto models = [&](const char* header) { return ask(simulator, request_text("GET", "/v1/models", "", header)); };
  EXPECT_EQ(models("Authorization: Bearer sk-right\r\n").status, 200);
  EXPECT_EQ(models("").status, 401);
  const Answer wrong = models("Authorization: Bearer sk-wrong\r\n");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(Json(wrong.body).text("/error/code"), "invalid_api_key");
  EXPECT_EQ(wrong.body.find("sk-"), std::string::npos);
  EXPECT_EQ(ask(simulator, ollama_chat("hi")).status, 401);
}

TEST(OllamaAnswer, IsTheSameForTheSameRequest) {
  Simulator simulator;
  const Answer answer = ask(simulator, ollama_chat("hi", R"(,"stream":false)"));
  EXPECT_EQ(answer.header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(ask(simulator, ollama_chat("hi", R"(,"stream":false)")).body, answer.body);
  const Json json(answer.body);
  EXPECT_EQ(json.text("/done_reason"), "stop");
  EXPECT_EQ(json.text("/message/role"), "assistant");
  EXPECT_GT(json.number("/prompt_eval_count"), 0);
  EXPECT_EQ(json.number("/total_duration"),
            json.number("/load_duration") + json.number("/prompt_eval_duration") + json.number("/eval_duration"));
}

TEST(OllamaAnswer, StreamsUnlessToldNotTo) {
  Simulator simulator;
  const Answer stream = ask(simulator, ollama_chat("hi"));
  EXPECT_EQ(stream.header("content-type"), "application/x-ndjson");
  const Json whole(ask(simulator, ollama_chat("hi", R"(,"stream":false)")).body);
  EXPECT_EQ(ollama_text(stream), whole.text("/message/content"));
  const auto lines = stream.lines();
  EXPECT_EQ(static_cast<std::int64_t>(lines.size()), whole.number("/eval_count") + 1);
  EXPECT_EQ(Json(lines.front()).minified("/done"), "false");
  const Json last(lines.back());
  EXPECT_EQ(last.minified("/done"), "true");
  EXPECT_EQ(last.number("/eval_count"), whole.number("/eval_count"));
}

TEST(OllamaAnswer, HonoursItsOptions) {
  Simulator simulator;
  const Json cut(ask(simulator, ollama_chat("hi", R"(,"stream":false,"options":{"num_predict":2})")).body);
  EXPECT_EQ(cut.text("/done_reason"), "length");
  EXPECT_EQ(cut.number("/eval_count"), 2);
  const Json stopped(ask(simulator, ollama_chat("hi", R"(,"stream":false,"options":{"stop":["said"]})")).body);
  EXPECT_EQ(stopped.text("/message/content"), "You ");
  const Json thinking(ask(simulator, ollama_chat("hi", R"(,"stream":false,"think":true)")).body);
  EXPECT_FALSE(thinking.text("/message/thinking").empty());
  const Json json(ask(simulator, ollama_chat("hi", R"(,"stream":false,"format":"json")")).body);
  EXPECT_TRUE(Json(json.text("/message/content")).has("/answer"));
  const Json schema(
      ask(simulator, ollama_chat("hi", R"(,"stream":false,"format":{"type":"object","properties":{"a":{"const":5}}})"))
          .body);
  EXPECT_EQ(schema.text("/message/content"), R"({"a":5})");
}

TEST(OllamaAnswer, CallsAToolThatTheUserNames) {
  Simulator simulator;
  const auto lines = ask(simulator, ollama_chat("weather?", "," + std::string(weather_tool))).lines();
  const Json call(lines.front());
  EXPECT_EQ(call.text("/message/tool_calls/0/function/name"), "weather");
  EXPECT_EQ(call.minified("/message/tool_calls/0/function/arguments"), R"({"city":"Oslo","days":3})");
  EXPECT_EQ(Json(lines.back()).text("/done_reason"), "stop");
}

TEST(OllamaAnswer, LoadsAndUnloadsAModel) {
  Simulator simulator;
  const auto reason = [&](const char* body) {
    return Json(ask(simulator, request_text("POST", "/api/chat", body)).body).text("/done_reason");
  };
  EXPECT_EQ(reason(R"({"model":"m"})"), "load");
  EXPECT_EQ(reason(R"({"model":"m","messages":[],"keep_alive":"0s"})"), "unload");
}

TEST(Ollama, RefusesWhatTheRealOneRefuses) {
  Simulator simulator;
  const auto status = [&](const char* body) {
    const Answer answer = ask(simulator, request_text("POST", "/api/chat", body));
    EXPECT_FALSE(Json(answer.body).text("/error").empty());
    return answer.status;
  };
  EXPECT_EQ(status("{"), 400);
  EXPECT_EQ(status(R"({"messages":[]})"), 400);
  EXPECT_EQ(status(R"({"model":"missing","messages":[{"role":"user","content":"a"}]})"), 404);
  EXPECT_EQ(status(R"({"model":"m","messages":[{"role":"x","content":"a"}]})"), 400);
  EXPECT_EQ(status(R"({"model":"m","messages":[{"role":"user","content":[]}]})"), 400);
  EXPECT_EQ(
      status(R"({"model":"m","messages":[{"role":"user","content":"a","images":["data:image/png;base64,QQ=="]}]})"),
      400);
  EXPECT_EQ(status(R"({"model":"m","options":{"num_ctx":"8k"},"messages":[{"role":"user","content":"a"}]})"), 400);
  EXPECT_EQ(status(R"({"model":"m","format":"xml","messages":[{"role":"user","content":"a"}]})"), 400);
  EXPECT_EQ(
      status(
          R"({"model":"m","messages":[{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}]})"),
      400);
}

TEST(Ollama, AnswersItsOtherPaths) {
  Simulator simulator;
  EXPECT_EQ(ask(simulator, request_text("GET", "/")).body, "Ollama is running");
  EXPECT_FALSE(Json(ask(simulator, request_text("GET", "/api/version")).body).text("/version").empty());
  EXPECT_EQ(Json(ask(simulator, request_text("GET", "/api/tags")).body).text("/models/0/details/format"), "gguf");
  const Json show(ask(simulator, request_text("POST", "/api/show", R"({"model":"llama3.2"})")).body);
  EXPECT_EQ(show.number("/model_info/llama.context_length"), 131072);
  EXPECT_EQ(ask(simulator, request_text("POST", "/api/show", R"({"model":"missing"})")).status, 404);
  EXPECT_EQ(ask(simulator, request_text("POST", "/api/show", R"({"model":"m","odd":)" + deep_json + "}")).status, 200);
  EXPECT_EQ(ask(simulator, request_text("POST", "/api/show", "{")).status, 400);
  EXPECT_EQ(ask(simulator, request_text("GET", "/api/show")).status, 405);
  EXPECT_EQ(ask(simulator, request_text("GET", "/api/nothing")).status, 404);
}

TEST(Script, SaysWhatIsSent) {
  Simulator simulator(
      rule(R"({"answer": {"chunks": ["one ", "", "two"], "reasoning": "let me think", "id": "x", "model": "y",
    "finish_reason": "odd", "usage": {"prompt_tokens": 1.0, "odd": [null]}}})"));
  const Json whole(ask(simulator, openai_chat("hi")).body);
  EXPECT_EQ(whole.text("/choices/0/message/content"), "one two");
  EXPECT_EQ(whole.text("/choices/0/message/reasoning_content"), "let me think");
  EXPECT_EQ(whole.text("/choices/0/finish_reason"), "odd");
  EXPECT_EQ(whole.text("/id"), "chatcmpl-x");
  EXPECT_EQ(whole.text("/model"), "y");
  EXPECT_EQ(whole.minified("/usage/odd"), "[null]");
  const auto events =
      ask(simulator, openai_chat("hi", R"(,"stream":true,"stream_options":{"include_usage":true})")).events();
  ASSERT_EQ(events.size(), 1u + 3 + 3 + 1 + 1 + 1);
  EXPECT_EQ(Json(events[1]).text("/choices/0/delta/reasoning_content"), "let");
  EXPECT_EQ(Json(events[4]).text("/choices/0/delta/content"), "one ");
  EXPECT_EQ(Json(events[5]).text("/choices/0/delta/content"), "");
  EXPECT_EQ(Json(events[8]).minified("/usage/odd"), "[null]");
  const auto lines = ask(simulator, ollama_chat("hi")).lines();
  EXPECT_EQ(Json(lines[0]).text("/message/thinking"), "let");
  EXPECT_EQ(Json(lines.back()).minified("/odd"), "[null]");
}

TEST(Script, LeavesOutWhatItIsToldTo) {
  Simulator simulator(rule(R"({"answer": {"usage": null, "finish_reason": null}})"));
  const Json whole(ask(simulator, openai_chat("hi")).body);
  EXPECT_FALSE(whole.has("/usage"));
  EXPECT_TRUE(whole.is_null("/choices/0/finish_reason"));
  EXPECT_FALSE(whole.text("/choices/0/message/content").empty());
  const auto events =
      ask(simulator, openai_chat("hi", R"(,"stream":true,"stream_options":{"include_usage":true})")).events();
  EXPECT_TRUE(Json(events[events.size() - 2]).is_null("/choices/0/finish_reason"));
  const Json line(ask(simulator, ollama_chat("hi")).lines().back());
  EXPECT_FALSE(line.has("/eval_count"));
  EXPECT_FALSE(line.has("/done_reason"));
}

TEST(Script, CallsToolsAndRefuses) {
  Simulator simulator(rule(R"({"answer": {"choices": [
    {"tool_calls": [{"id": "a", "name": "f", "arguments": {"x": [1, 2]}}, {"name": "g", "arguments": "{broken"}]},
    {"refusal": "no way"}, {"text": "plain"}]}})"));
  const Json whole(ask(simulator, openai_chat("hi")).body);
  EXPECT_EQ(whole.text("/choices/0/message/tool_calls/0/function/arguments"), R"({"x":[1,2]})");
  EXPECT_EQ(whole.text("/choices/0/message/tool_calls/1/id"), "call_2");
  EXPECT_EQ(whole.text("/choices/0/message/tool_calls/1/function/arguments"), "{broken");
  EXPECT_EQ(whole.text("/choices/0/finish_reason"), "tool_calls");
  EXPECT_EQ(whole.text("/choices/1/message/refusal"), "no way");
  EXPECT_TRUE(whole.is_null("/choices/1/message/content"));
  EXPECT_EQ(whole.text("/choices/2/message/content"), "plain");
}

TEST(Script, FieldForReasoningCanBeChosen) {
  Simulator simulator(rule(R"({"answer": {"reasoning": "r", "reasoning_field": "reasoning"}})"));
  EXPECT_EQ(Json(ask(simulator, openai_chat("hi")).body).text("/choices/0/message/reasoning"), "r");
}

TEST(Script, MakesContentOnTheFly) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 3, "chunk_bytes": 5}}})"));
  EXPECT_EQ(Json(ask(simulator, openai_chat("hi")).body).text("/choices/0/message/content"), "0 0 01 1 12 2 2");
  EXPECT_EQ(openai_text(ask(simulator, openai_chat("hi", R"(,"stream":true)"))), "0 0 01 1 12 2 2");
  EXPECT_EQ(ollama_text(ask(simulator, ollama_chat("hi"))), "0 0 01 1 12 2 2");
}

TEST(Script, StatusHeadersAndRateLimits) {
  Simulator simulator(rule(R"({"status": 429, "headers": {"retry-after": "2", "Content-Type": "text/odd"},
    "rate_limit": {"requests": {"limit": 60, "remaining": 0, "reset": "1s"}, "tokens": {"limit": 9}},
    "error": {"code": "rate_limit_exceeded", "type": "requests", "message": "slow down"}})"));
  const Answer answer = ask(simulator, openai_chat("hi"));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "2");
  EXPECT_EQ(answer.header("Content-Type"), "text/odd");
  EXPECT_EQ(answer.header("content-type"), "");
  EXPECT_EQ(answer.header("x-ratelimit-limit-requests"), "60");
  EXPECT_EQ(answer.header("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(answer.header("x-ratelimit-reset-requests"), "1s");
  EXPECT_EQ(answer.header("x-ratelimit-limit-tokens"), "9");
  EXPECT_EQ(Json(answer.body).text("/error/code"), "rate_limit_exceeded");
  EXPECT_EQ(Json(answer.body).text("/error/type"), "requests");
  EXPECT_EQ(Json(ask(simulator, ollama_chat("hi")).body).text("/error"), "slow down");
}

TEST(Script, HtmlAndRedirects) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "html": "<html>bad</html>"})")
                          .rule(R"({"times": 1, "html": "<html>fine</html>", "status": 200})")
                          .rule(R"({"redirect": "http://127.0.0.1:1/else", "status": 302})"));
  const Answer bad = ask(simulator, openai_chat("hi", R"(,"stream":true)"));
  EXPECT_EQ(bad.status, 502);
  EXPECT_EQ(bad.body, "<html>bad</html>");
  EXPECT_EQ(bad.header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(ask(simulator, openai_chat("hi")).status, 200);
  const Answer redirect = ask(simulator, openai_chat("hi"));
  EXPECT_EQ(redirect.status, 302);
  EXPECT_EQ(redirect.header("location"), "http://127.0.0.1:1/else");
}

TEST(Script, RawBodies) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "raw": {"body": "any{thing"}})")
                          .rule(R"({"times": 1, "raw": {"base64": "//4A", "content_type": "x/y"}})")
                          .rule(R"({"times": 2, "raw": {"events": ["one", {"two": 2}]}})"));
  EXPECT_EQ(ask(simulator, openai_chat("hi")).body, "any{thing");
  const Answer bytes = ask(simulator, openai_chat("hi"));
  EXPECT_EQ(bytes.body, std::string("\xff\xfe\0", 3));
  EXPECT_EQ(bytes.header("content-type"), "x/y");
  EXPECT_EQ(ask(simulator, openai_chat("hi")).body, "data: one\n\ndata: {\"two\":2}\n\n");
  EXPECT_EQ(ask(simulator, ollama_chat("hi")).body, "one\n{\"two\":2}\n");
}

// For the protocols that know no blocks they are joined.
TEST(Script, BlocksAreForEveryProtocol) {
  Simulator simulator(rule(R"({"answer": {"blocks": [{"text": "one"}, {"reasoning": "mm"}, {"tool_call": {"name": "f"}},
    {"extra": {"type": "x"}}, {"text": " two"}]}})"));
  const Json chat(ask(simulator, openai_chat("hi")).body);
  EXPECT_EQ(chat.text("/choices/0/message/content"), "one two");
  EXPECT_EQ(chat.text("/choices/0/message/reasoning_content"), "mm");
  EXPECT_EQ(chat.text("/choices/0/message/tool_calls/0/function/name"), "f");
  EXPECT_EQ(chat.text("/choices/0/finish_reason"), "tool_calls");
  EXPECT_EQ(Json(ask(simulator, ollama_chat("hi", R"(,"stream":false)")).body).text("/message/content"), "one two");
}

TEST(Script, TokensAreForEveryProtocol) {
  Simulator simulator(rule(
      R"({"answer": {"tokens": {"prompt": 100, "cached": 60, "cache_write": 10, "completion": 9, "reasoning": 4}}})"));
  const Json chat(ask(simulator, openai_chat("hi")).body);
  EXPECT_EQ(chat.number("/usage/prompt_tokens"), 100);
  EXPECT_EQ(chat.number("/usage/prompt_tokens_details/cached_tokens"), 60);
  EXPECT_EQ(chat.number("/usage/prompt_tokens_details/cache_write_tokens"), 10);
  EXPECT_EQ(chat.number("/usage/completion_tokens"), 9);
  EXPECT_EQ(chat.number("/usage/completion_tokens_details/reasoning_tokens"), 4);
  EXPECT_EQ(chat.number("/usage/total_tokens"), 109);
  const Json ollama(ask(simulator, ollama_chat("hi", R"(,"stream":false)")).body);
  EXPECT_EQ(ollama.number("/prompt_eval_count"), 100);
  EXPECT_EQ(ollama.number("/eval_count"), 9);
}

}  // namespace
}  // namespace antiphon::test
