#include <gtest/gtest.h>

#include "client.hpp"

namespace antiphon::test {
namespace {

// providers.md §3: what a Messages client sees.

Answer messages(const Simulator& simulator, std::string_view body) { return ask(simulator, anthropic_request(body)); }

std::string get(std::string_view target, std::string_view more = "anthropic-version: 2023-06-01\r\n") {
  return request_text("GET", target, "", more);
}

/// The `type` of each event, with that of its delta or block.
std::vector<std::string> shape_of(const Answer& answer) {
  std::vector<std::string> shape;
  for (const std::string& event : answer.events()) {
    const Json json(event);
    std::string line = json.text("/type");
    if (json.has("/index")) line += ' ' + std::to_string(json.number("/index"));
    if (json.has("/content_block/type")) line += ' ' + json.text("/content_block/type");
    if (json.has("/delta/type")) line += ' ' + json.text("/delta/type");
    shape.push_back(line);
  }
  return shape;
}

using Shape = std::vector<std::string>;

TEST(AnthropicAnswer, HasTheFieldsOfTheRealOne) {
  Simulator simulator;
  const Answer answer = ask(simulator, anthropic_chat("Why is the sky blue?"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.header("request-id").substr(0, 4), "req_");
  EXPECT_FALSE(answer.header("anthropic-organization-id").empty());
  const Json json(answer.body);
  EXPECT_EQ(json.text("/id").substr(0, 4), "msg_");
  EXPECT_EQ(json.text("/type"), "message");
  EXPECT_EQ(json.text("/role"), "assistant");
  EXPECT_EQ(json.text("/model"), "m");
  EXPECT_EQ(json.text("/content/0/type"), "text");
  EXPECT_NE(json.text("/content/0/text").find("Why is the sky blue?"), std::string::npos);
  EXPECT_EQ(json.text("/stop_reason"), "end_turn");
  EXPECT_TRUE(json.is_null("/stop_sequence"));
  EXPECT_TRUE(json.is_null("/stop_details"));
  EXPECT_GT(json.number("/usage/input_tokens"), 0);
  EXPECT_GT(json.number("/usage/output_tokens"), 0);
  EXPECT_EQ(ask(simulator, anthropic_chat("Why is the sky blue?")).body, answer.body);
  EXPECT_NE(ask(simulator, anthropic_chat("Why is the sky blue?")).header("request-id"), answer.header("request-id"));
}

// §3.8, trap 49: the type is in an `event` line too, and there is no [DONE] (trap 6).
TEST(AnthropicAnswer, StreamsTheSameTextWithNamedEvents) {
  Simulator simulator;
  const Json whole(ask(simulator, anthropic_chat("hi")).body);
  const Answer stream = ask(simulator, anthropic_chat("hi", R"(,"stream":true)"));
  EXPECT_EQ(stream.header("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_TRUE(stream.complete);
  EXPECT_EQ(anthropic_text(stream), whole.text("/content/0/text"));
  const auto events = stream.events();
  const auto names = stream.event_names();
  ASSERT_EQ(names.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(Json(events[i]).text("/type"), names[i]);
  const Json start(events[0]);
  EXPECT_EQ(start.text("/message/id"), whole.text("/id"));
  EXPECT_EQ(start.minified("/message/content"), "[]");
  EXPECT_TRUE(start.is_null("/message/stop_reason"));
  EXPECT_EQ(start.number("/message/usage/input_tokens"), whole.number("/usage/input_tokens"));
  EXPECT_EQ(start.number("/message/usage/output_tokens"), 1);
  EXPECT_EQ(events[1], R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
  EXPECT_EQ(events[2], R"({"type":"ping"})");
  EXPECT_EQ(events[events.size() - 3], R"({"type":"content_block_stop","index":0})");
  const Json end(events[events.size() - 2]);
  EXPECT_EQ(end.text("/type"), "message_delta");
  EXPECT_EQ(end.text("/delta/stop_reason"), "end_turn");
  EXPECT_EQ(end.minified("/usage"), whole.minified("/usage"));
  EXPECT_EQ(events.back(), R"({"type":"message_stop"})");
}

TEST(AnthropicAnswer, EndsAtItsLimitAndBeforeAStopSequence) {
  Simulator simulator;
  const Json cut(
      messages(simulator, R"({"model":"m","max_tokens":3,"messages":[{"role":"user","content":"hi"}]})").body);
  EXPECT_EQ(cut.text("/stop_reason"), "max_tokens");
  EXPECT_EQ(cut.number("/usage/output_tokens"), 3);
  const Json stopped(ask(simulator, anthropic_chat("hi", R"(,"stop_sequences":["zzz","said"])")).body);
  EXPECT_EQ(stopped.text("/content/0/text"), "You ");
  EXPECT_EQ(stopped.text("/stop_reason"), "stop_sequence");
  EXPECT_EQ(stopped.text("/stop_sequence"), "said");
  const auto events = ask(simulator, anthropic_chat("hi", R"(,"stop_sequences":["said"],"stream":true)")).events();
  EXPECT_EQ(Json(events[events.size() - 2]).text("/delta/stop_sequence"), "said");
}

const std::string messages_weather =
    R"("tools":[{"name":"weather","input_schema":{"type":"object","properties":{"city":{"type":"string","enum":["Oslo"]},)"
    R"("days":{"type":"integer","minimum":3,"maximum":3}},"required":["city","days"]}}])";

TEST(AnthropicAnswer, CallsAToolWithInputOfItsSchema) {
  Simulator simulator;
  for (const std::string choice :
       {R"(,"tool_choice":{"type":"any"})", R"(,"tool_choice":{"type":"tool","name":"weather"})"}) {
    const Json json(ask(simulator, anthropic_chat("hi", "," + messages_weather + choice)).body);
    EXPECT_EQ(json.text("/stop_reason"), "tool_use");
    EXPECT_EQ(json.text("/content/0/type"), "tool_use");
    EXPECT_EQ(json.text("/content/0/id").substr(0, 6), "toolu_");
    EXPECT_EQ(json.text("/content/0/name"), "weather");
    EXPECT_EQ(json.minified("/content/0/input"), R"({"city":"Oslo","days":3})");
  }
  const Json named(ask(simulator, anthropic_chat("weather please", "," + messages_weather)).body);
  EXPECT_EQ(named.text("/stop_reason"), "tool_use");
  const Json none(
      ask(simulator, anthropic_chat("weather please", "," + messages_weather + R"(,"tool_choice":{"type":"none"})"))
          .body);
  EXPECT_EQ(none.text("/stop_reason"), "end_turn");
}

// §3.8: partial_json concatenates to one text; it begins with an empty one.
TEST(AnthropicAnswer, StreamsAToolCallInFragments) {
  Simulator simulator;
  const auto events =
      ask(simulator, anthropic_chat("hi", "," + messages_weather + R"(,"tool_choice":{"type":"any"},"stream":true)"))
          .events();
  const Json start(events[1]);
  EXPECT_EQ(start.text("/content_block/type"), "tool_use");
  EXPECT_EQ(start.minified("/content_block/input"), "{}");
  std::vector<std::string> pieces;
  for (const std::string& event : events) {
    const Json json(event);
    if (json.has("/delta/partial_json")) pieces.push_back(json.text("/delta/partial_json"));
  }
  ASSERT_GT(pieces.size(), 2u);
  EXPECT_EQ(pieces[0], "");
  std::string input;
  for (const std::string& piece : pieces) input += piece;
  EXPECT_EQ(input, R"({"city":"Oslo","days":3})");
}

TEST(AnthropicAnswer, SpeaksOfTheToolResults) {
  Simulator simulator;
  const Json json(messages(simulator, R"({"model":"m","max_tokens":99,"messages":[{"role":"user","content":"weather"},
    {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"weather","input":{}},{"type":"tool_use","id":"b","name":"weather","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"rain"},
      {"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":" and sun"}],"is_error":false}]}],)" +
                                          messages_weather + "}")
                      .body);
  EXPECT_EQ(json.text("/content/0/text").substr(0, 32), "The tool answered: rain and sun ");
}

TEST(AnthropicAnswer, FitsASchema) {
  Simulator simulator;
  const std::string format = R"(,"output_config":{"format":{"type":"json_schema","schema":{"type":"object",
    "properties":{"name":{"type":"string"},"kind":{"enum":["a"]}},"required":["name","kind"],"additionalProperties":false}}})";
  const Json json(ask(simulator, anthropic_chat("hi", format)).body);
  EXPECT_EQ(Json(json.text("/content/0/text")).text("/kind"), "a");
}

TEST(AnthropicAnswer, CountsImages) {
  Simulator simulator;
  const Json json(
      messages(simulator,
               R"({"model":"m","max_tokens":99,"messages":[{"role":"user","content":[{"type":"text","text":"look"},
    {"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},
    {"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]}]})")
          .body);
  EXPECT_NE(json.text("/content/0/text").find("Images in it: 2."), std::string::npos);
}

// §3.2 and §3.5: a budget, adaptive thinking, and the models that think unasked.
TEST(AnthropicThinking, ComesBeforeTheTextWithASignature) {
  Simulator simulator;
  const Json whole(ask(simulator, anthropic_chat("hi", R"(,"thinking":{"type":"adaptive"})")).body);
  EXPECT_EQ(whole.text("/content/0/type"), "thinking");
  EXPECT_EQ(whole.text("/content/0/thinking"), "The user wrote something. An answer is due.");
  EXPECT_GT(whole.text("/content/0/signature").size(), 40u);
  EXPECT_EQ(whole.text("/content/1/type"), "text");
  EXPECT_EQ(whole.number("/usage/output_tokens_details/thinking_tokens"), 8);
  const Answer stream = ask(simulator, anthropic_chat("hi", R"(,"thinking":{"type":"adaptive"},"stream":true)"));
  const auto events = stream.events();
  std::string thinking;
  std::string signature;
  std::size_t signed_at = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json json(events[i]);
    if (json.has("/delta/thinking")) thinking += json.text("/delta/thinking");
    if (!json.has("/delta/signature")) continue;
    signature += json.text("/delta/signature");
    signed_at = i;
  }
  EXPECT_EQ(thinking, whole.text("/content/0/thinking"));
  EXPECT_EQ(signature, whole.text("/content/0/signature"));
  EXPECT_EQ(events[signed_at + 1], R"({"type":"content_block_stop","index":0})") << "just before the stop";
}

TEST(AnthropicThinking, CanBeOmitted) {
  Simulator simulator;
  const char* const hidden = R"(,"thinking":{"type":"adaptive","display":"omitted"},"stream":true)";
  const Shape shape = shape_of(ask(simulator, anthropic_chat("hi", hidden)));
  EXPECT_EQ(Shape(shape.begin() + 1, shape.begin() + 5),
            (Shape{"content_block_start 0 thinking", "ping", "content_block_delta 0 signature_delta",
                   "content_block_stop 0"}));
}

TEST(AnthropicThinking, DependsOnTheModel) {
  Simulator simulator;
  const auto first = [&](const std::string& model) {
    const Json json(
        messages(simulator, R"({"max_tokens":99,"messages":[{"role":"user","content":"a"}],"model":")" + model + "\"}")
            .body);
    return json.text("/content/0/type");
  };
  EXPECT_EQ(first("claude-opus-5-5"), "thinking");
  EXPECT_EQ(first("claude-sonnet-5"), "thinking");
  EXPECT_EQ(first("claude-opus-4-6"), "text");
}

/// A message with this block in it, answered by the user.
std::string turn_with(const std::string& block) {
  return R"({"model":"m","max_tokens":99,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[)" +
         block + R"(,{"type":"text","text":"b"}]},{"role":"user","content":"c"}]})";
}

// Trap 95: thinking goes back as it came.
TEST(AnthropicThinking, GoesBackUnchangedOrNotAtAll) {
  Simulator simulator;
  const Json whole(ask(simulator, anthropic_chat("hi", R"(,"thinking":{"type":"adaptive"})")).body);
  const std::string block = whole.minified("/content/0");
  EXPECT_EQ(messages(simulator, turn_with(block)).status, 200);
  Simulator another;
  EXPECT_EQ(messages(another, turn_with(block)).status, 200) << "another process of the same provider knows it too";
  std::string changed = block;
  changed.replace(changed.find("something"), 9, "otherwise");
  const Answer refused = messages(simulator, turn_with(changed));
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(Json(refused.body).text("/error/message").find("messages.1.content.0: Invalid `signature`"),
            std::string::npos);
  EXPECT_EQ(messages(simulator, turn_with(R"({"type":"thinking","thinking":"x","signature":"QUJD"})")).status, 400);
  EXPECT_EQ(messages(simulator, turn_with(R"({"type":"thinking","thinking":"x"})")).status, 400);
}

TEST(AnthropicThinking, RedactedGoesBackToo) {
  Simulator simulator(rule(
      R"({"match": {"stream": false, "nth": 1}, "answer": {"blocks": [{"hidden_reasoning": true}, {"text": "a"}]}})"));
  const Json whole(ask(simulator, anthropic_chat("hi")).body);
  EXPECT_EQ(whole.text("/content/0/type"), "redacted_thinking");
  EXPECT_EQ(messages(simulator, turn_with(whole.minified("/content/0"))).status, 200);
  EXPECT_EQ(messages(simulator, turn_with(R"({"type":"redacted_thinking","data":"QUJD"})")).status, 400);
}

// §3.7: cached tokens are not among the input tokens (trap 109); thinking is among the output tokens (trap 110).
TEST(AnthropicUsage, SaysWhatTheScenarioCounts) {
  Simulator simulator(rule(
      R"({"answer": {"text": "a", "tokens": {"prompt": 100, "cached": 60, "cache_write": 10, "completion": 9, "reasoning": 4}}})"));
  const Json whole(ask(simulator, anthropic_chat("hi")).body);
  EXPECT_EQ(whole.number("/usage/input_tokens"), 30);
  EXPECT_EQ(whole.number("/usage/cache_read_input_tokens"), 60);
  EXPECT_EQ(whole.number("/usage/cache_creation_input_tokens"), 10);
  EXPECT_EQ(whole.number("/usage/cache_creation/ephemeral_5m_input_tokens"), 10);
  EXPECT_EQ(whole.number("/usage/output_tokens"), 9);
  EXPECT_EQ(whole.number("/usage/output_tokens_details/thinking_tokens"), 4);
  const auto events = ask(simulator, anthropic_chat("hi", R"(,"stream":true)")).events();
  EXPECT_EQ(Json(events[0]).number("/message/usage/cache_read_input_tokens"), 60);
  EXPECT_EQ(Json(events[events.size() - 2]).minified("/usage"), whole.minified("/usage"));
}

TEST(AnthropicUsage, CountsWhatABreakpointCoversAsWritten) {
  Simulator simulator;
  const auto usage = [&](const std::string& control) {
    const std::string text(400, 'a');
    return Json(
        ask(simulator, anthropic_chat("hi", R"(,"system":[{"type":"text","text":")" + text + '"' + control + "}]"))
            .body);
  };
  EXPECT_EQ(usage("").number("/usage/cache_creation_input_tokens"), 0);
  const Json kept = usage(R"(,"cache_control":{"type":"ephemeral"})");
  EXPECT_EQ(kept.number("/usage/cache_creation_input_tokens"), 100);
  EXPECT_EQ(kept.number("/usage/cache_creation/ephemeral_5m_input_tokens"), 100);
  EXPECT_EQ(kept.number("/usage/input_tokens"), usage("").number("/usage/input_tokens") - 100);
  EXPECT_EQ(usage(R"(,"cache_control":{"type":"ephemeral","ttl":"1h"})")
                .number("/usage/cache_creation/ephemeral_1h_input_tokens"),
            100);
  const Json all(ask(simulator, anthropic_chat("hi", R"(,"cache_control":{"type":"ephemeral"})")).body);
  EXPECT_EQ(all.number("/usage/input_tokens"), 0);
}

// §3.8: all that a stream can hold, in the order of the scenario.
TEST(AnthropicBlocks, ComeInTheirOrder) {
  Simulator simulator(rule(R"({"answer": {"blocks": [
    {"reasoning": ["mm"], "signature": "c2ln"}, {"hidden_reasoning": "b3BhcXVl"},
    {"extra": {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}}},
    {"extra": "{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srvtoolu_1\",\"content\":[1.0]}"},
    {"text": ["one"], "citations": [{"type": "char_location", "cited_text": "o"}]},
    {"tool_call": {"name": "f", "arguments": "{}"}}, {"tool_call": {"id": "x", "name": "g", "arguments": {"a": 1}}}]}})"));
  const Answer stream = ask(simulator, anthropic_chat("hi", R"(,"stream":true)"));
  EXPECT_EQ(shape_of(stream), (Shape{"message_start",
                                     "content_block_start 0 thinking",
                                     "ping",
                                     "content_block_delta 0 thinking_delta",
                                     "content_block_delta 0 signature_delta",
                                     "content_block_stop 0",
                                     "content_block_start 1 redacted_thinking",
                                     "content_block_stop 1",
                                     "content_block_start 2 server_tool_use",
                                     "content_block_delta 2 input_json_delta",
                                     "content_block_stop 2",
                                     "content_block_start 3 web_search_tool_result",
                                     "content_block_stop 3",
                                     "content_block_start 4 text",
                                     "content_block_delta 4 text_delta",
                                     "content_block_delta 4 citations_delta",
                                     "content_block_stop 4",
                                     "content_block_start 5 tool_use",
                                     "content_block_delta 5 input_json_delta",
                                     "content_block_stop 5",
                                     "content_block_start 6 tool_use",
                                     "content_block_delta 6 input_json_delta",
                                     "content_block_delta 6 input_json_delta",
                                     "content_block_stop 6",
                                     "message_delta",
                                     "message_stop"}));
  const auto events = stream.events();
  EXPECT_EQ(Json(events[4]).text("/delta/signature"), "c2ln");
  EXPECT_EQ(Json(events[6]).text("/content_block/data"), "b3BhcXVl");
  EXPECT_EQ(Json(events[8]).minified("/content_block/input"), "{}");
  EXPECT_EQ(Json(events[9]).text("/delta/partial_json"), R"({"query":"q"})");
  EXPECT_NE(events[11].find(R"("content":[1.0])"), std::string::npos) << "as the scenario has it";
  EXPECT_EQ(Json(events[15]).text("/delta/citation/cited_text"), "o");
  EXPECT_EQ(Json(events[18]).text("/delta/partial_json"), "");
  EXPECT_EQ(Json(events[24]).number("/usage/server_tool_use/web_search_requests"), 1);
  const Json whole(ask(simulator, anthropic_chat("hi")).body);
  EXPECT_EQ(whole.text("/content/4/citations/0/type"), "char_location");
  EXPECT_EQ(whole.minified("/content/5/input"), "{}");
  EXPECT_EQ(whole.text("/content/5/id"), "toolu_1");
  EXPECT_EQ(whole.text("/content/6/id"), "x");
  EXPECT_EQ(whole.text("/stop_reason"), "tool_use");
}

TEST(AnthropicBlocks, ACompactionStreamsOnce) {
  Simulator simulator(rule(
      R"({"answer": {"finish_reason": "compaction", "blocks": [{"extra": {"type": "compaction", "content": "so far"}}]}})"));
  const auto events = ask(simulator, anthropic_chat("hi", R"(,"stream":true)")).events();
  EXPECT_TRUE(Json(events[1]).is_null("/content_block/content"));
  EXPECT_EQ(Json(events[3]).text("/delta/type"), "compaction_delta");
  EXPECT_EQ(Json(events[3]).text("/delta/content"), "so far");
  EXPECT_EQ(Json(events[5]).text("/delta/stop_reason"), "compaction");
}

// What a scenario gave may come back, though the simulator did not make it.
TEST(AnthropicBlocks, MayComeBackAsTheScenarioGaveThem) {
  Simulator simulator(rule(
      R"({"answer": {"blocks": [{"reasoning": "mm", "signature": "c2ln"}, {"extra": {"type": "future_block", "a": 1}}, {"text": "a"}]}})"));
  const Json whole(ask(simulator, anthropic_chat("hi")).body);
  EXPECT_EQ(messages(simulator, turn_with(whole.minified("/content/0") + "," + whole.minified("/content/1"))).status,
            200);
  const Answer other = messages(simulator, turn_with(R"({"type":"another_block"})"));
  EXPECT_EQ(other.status, 400);
  EXPECT_NE(Json(other.body).text("/error/message").find("messages.1.content.0: Input tag 'another_block'"),
            std::string::npos);
}

// §3.7: a refusal has status 200 and often no content.
TEST(AnthropicScript, RefusesInItsOwnWay) {
  Simulator simulator(rule(R"({"answer": {"refusal": "Not this."}})"));
  const Json whole(ask(simulator, anthropic_chat("hi")).body);
  EXPECT_EQ(whole.minified("/content"), "[]");
  EXPECT_EQ(whole.text("/stop_reason"), "refusal");
  EXPECT_EQ(whole.text("/stop_details/type"), "refusal");
  EXPECT_EQ(whole.text("/stop_details/explanation"), "Not this.");
  EXPECT_EQ(shape_of(ask(simulator, anthropic_chat("hi", R"(,"stream":true)"))),
            (Shape{"message_start", "message_delta", "message_stop"}));
}

TEST(AnthropicScript, SaysWhatIsSent) {
  Simulator simulator(
      rule(R"({"answer": {"chunks": ["one ", "", "two"], "id": "x", "model": "y", "finish_reason": "pause_turn",
    "usage": {"odd": [null]}}})"));
  const Json whole(ask(simulator, anthropic_chat("hi")).body);
  EXPECT_EQ(whole.text("/id"), "msg_x");
  EXPECT_EQ(whole.text("/model"), "y");
  EXPECT_EQ(whole.text("/content/0/text"), "one two");
  EXPECT_EQ(whole.text("/stop_reason"), "pause_turn");
  EXPECT_EQ(whole.minified("/usage"), R"({"odd":[null]})");
  const auto events = ask(simulator, anthropic_chat("hi", R"(,"stream":true)")).events();
  EXPECT_EQ(Json(events[4]).text("/delta/text"), "");
  EXPECT_EQ(Json(events[events.size() - 2]).minified("/usage"), R"({"odd":[null]})");
  simulator.set_scenario(rule(R"({"answer": {"usage": null, "finish_reason": null}})"));
  const Json without(ask(simulator, anthropic_chat("hi")).body);
  EXPECT_FALSE(without.has("/usage"));
  EXPECT_TRUE(without.is_null("/stop_reason"));
  simulator.set_scenario(rule(R"({"answer": {"tool_calls": [{"name": "f", "arguments": "{broken"}]}})"));
  EXPECT_NE(ask(simulator, anthropic_chat("hi")).body.find(R"("input":{broken})"), std::string::npos);
  simulator.set_scenario(rule(R"({"answer": {"generate": {"chunks": 3, "chunk_bytes": 5}}})"));
  EXPECT_EQ(Json(ask(simulator, anthropic_chat("hi")).body).text("/content/0/text"), "0 0 01 1 12 2 2");
  EXPECT_EQ(anthropic_text(ask(simulator, anthropic_chat("hi", R"(,"stream":true)"))), "0 0 01 1 12 2 2");
}

struct Status {
  int status;
  const char* type;
};

class AnthropicError : public testing::TestWithParam<Status> {};

// §3.9: each status has its type; the body repeats the request's id.
TEST_P(AnthropicError, HasTheTypeOfItsStatus) {
  Simulator simulator(rule(R"({"error": {"message": "m"}, "status": )" + std::to_string(GetParam().status) + "}"));
  const Answer answer = ask(simulator, anthropic_chat("hi"));
  EXPECT_EQ(answer.status, GetParam().status);
  const Json json(answer.body);
  EXPECT_EQ(json.text("/type"), "error");
  EXPECT_EQ(json.text("/error/type"), GetParam().type);
  EXPECT_EQ(json.text("/error/message"), "m");
  EXPECT_FALSE(json.has("/error/details"));
  EXPECT_EQ(json.text("/request_id"), answer.header("request-id"));
}

INSTANTIATE_TEST_SUITE_P(All, AnthropicError,
                         testing::Values(Status{400, "invalid_request_error"}, Status{401, "authentication_error"},
                                         Status{402, "billing_error"}, Status{403, "permission_error"},
                                         Status{404, "not_found_error"}, Status{409, "conflict_error"},
                                         Status{413, "request_too_large"}, Status{429, "rate_limit_error"},
                                         Status{500, "api_error"}, Status{504, "timeout_error"},
                                         Status{529, "overloaded_error"}));

TEST(AnthropicErrors, CanSayMore) {
  Simulator simulator(rule(R"({"error": {"type": "odd_error", "code": "ramp_limit_exceeded"}, "status": 429})"));
  const Json json(ask(simulator, anthropic_chat("hi")).body);
  EXPECT_EQ(json.text("/error/type"), "odd_error");
  EXPECT_EQ(json.text("/error/details/error_code"), "ramp_limit_exceeded");
}

// §3.1: resets are points in time, not durations.
TEST(Anthropic, TellsItsLimits) {
  Simulator simulator(
      rule(R"({"rate_limit": {"requests": {"limit": 50, "remaining": 49, "reset": "2026-11-23T10:00:00Z"},
    "input_tokens": {"limit": 9, "reset": "1m30s"}, "output_tokens": {"remaining": 7}}})"));
  const Answer answer = ask(simulator, anthropic_chat("hi"));
  EXPECT_EQ(answer.header("anthropic-ratelimit-requests-limit"), "50");
  EXPECT_EQ(answer.header("anthropic-ratelimit-requests-remaining"), "49");
  EXPECT_EQ(answer.header("anthropic-ratelimit-requests-reset"), "2026-11-23T10:00:00Z");
  EXPECT_EQ(answer.header("anthropic-ratelimit-input-tokens-limit"), "9");
  EXPECT_EQ(answer.header("anthropic-ratelimit-output-tokens-remaining"), "7");
  const std::string reset = answer.header("anthropic-ratelimit-input-tokens-reset");
  std::tm parts{};
  ASSERT_NE(::strptime(reset.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts), nullptr) << reset;
  // The clock of `std::time` may be a tick behind.
  using Clock = std::chrono::system_clock;
  const auto wait = ::timegm(&parts) - Clock::to_time_t(Clock::now());
  EXPECT_GE(wait, 80);
  EXPECT_LE(wait, 91);
  EXPECT_EQ(ask(simulator, openai_chat("hi")).header("x-ratelimit-limit-input-tokens"), "9");
}

TEST(Anthropic, WantsTheKey) {
  Simulator simulator(Scenario().api_key("sk-right"));
  const auto with = [&](const std::string& header) {
    return ask(simulator, get("/v1/models", "anthropic-version: 2023-06-01\r\n" + header));
  };
  EXPECT_EQ(with("x-api-key: sk-right\r\n").status, 200);
  EXPECT_EQ(with("authorization: Bearer sk-right\r\n").status, 200);
  EXPECT_EQ(with("x-api-key: sk-wrong\r\nauthorization: Bearer sk-right\r\n").status, 401) << "x-api-key wins";
  const Answer without = with("");
  EXPECT_EQ(without.status, 401);
  EXPECT_EQ(Json(without.body).text("/error/type"), "authentication_error");
  EXPECT_EQ(with("x-api-key: sk-wrong\r\n").body.find("sk-"), std::string::npos);
}

TEST(Anthropic, WantsAVersion) {
  Simulator simulator;
  const std::string body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"}]})";
  const auto status = [&](std::string_view header) { return ask(simulator, anthropic_request(body, header)).status; };
  EXPECT_EQ(status("anthropic-version: 2026-10-21\r\n"), 200);
  EXPECT_EQ(status(""), 400);
  EXPECT_EQ(status("anthropic-version: 2027-01-01\r\n"), 400);
  EXPECT_EQ(status("anthropic-version: 2026-10-21\r\ncontent-encoding: gzip\r\n"), 400);
  EXPECT_EQ(ask(simulator, request_text("GET", "/v1/models", "", "x-api-key: k\r\n")).status, 400);
}

// §3.10: the list has pages.
TEST(Anthropic, ListsItsModels) {
  Simulator simulator(Scenario().model("a").model("b").model("c"));
  const auto page = [&](const std::string& query) { return ask(simulator, get("/v1/models" + query)); };
  const Json all(page("").body);
  EXPECT_EQ(all.text("/data/2/id"), "c");
  EXPECT_EQ(all.text("/data/0/type"), "model");
  EXPECT_EQ(all.minified("/has_more"), "false");
  const Json first(page("?limit=2").body);
  EXPECT_EQ(first.minified("/has_more"), "true");
  EXPECT_EQ(first.text("/last_id"), "b");
  const Json rest(page("?limit=2&after_id=b").body);
  EXPECT_EQ(rest.text("/data/0/id"), "c");
  EXPECT_EQ(rest.minified("/has_more"), "false");
  const Json back(page("?limit=1&before_id=c").body);
  EXPECT_EQ(back.text("/data/0/id"), "b");
  EXPECT_EQ(back.minified("/has_more"), "true");
  EXPECT_EQ(page("?limit=0").status, 400);
  EXPECT_EQ(page("?after_id=z").status, 400);
  EXPECT_EQ(Json(ask(simulator, get("/v1/models/b")).body).text("/id"), "b");
  EXPECT_EQ(Json(ask(simulator, get("/v1/models/d")).body).text("/error/type"), "not_found_error");
  EXPECT_EQ(ask(simulator, anthropic_chat("hi")).status, 404);
  EXPECT_EQ(Json(ask(simulator, request_text("GET", "/v1/models")).body).text("/object"), "list")
      << "OpenAI's, without a header of ours";
  EXPECT_EQ(Json(ask(Simulator(), get("/v1/models")).body).text("/data/0/id"), "claude-opus-5-5");
}

TEST(Anthropic, CountsTokens) {
  Simulator simulator;
  const auto count = [&](std::string_view more) {
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}])" + std::string(more) + "}";
    return ask(simulator, request_text("POST", "/v1/messages/count_tokens", body, "anthropic-version: 2023-06-01\r\n"));
  };
  EXPECT_EQ(Json(count("").body).number("/input_tokens"),
            Json(ask(simulator, anthropic_chat("hi")).body).number("/usage/input_tokens"));
  EXPECT_EQ(count(R"(,"max_tokens":9)").status, 400);
  EXPECT_EQ(ask(simulator, get("/v1/messages/count_tokens")).status, 405);
}

TEST(Anthropic, AnswersNoOtherPaths) {
  Simulator simulator;
  EXPECT_EQ(ask(simulator, get("/v1/messages")).status, 405);
  const Answer batches = ask(simulator, get("/v1/messages/batches"));
  EXPECT_EQ(batches.status, 404);
  EXPECT_EQ(Json(batches.body).text("/error/type"), "not_found_error");
}

// §3.11: Claude on Vertex AI has model and version elsewhere.
TEST(AnthropicOnVertex, TakesTheModelFromThePath) {
  Simulator simulator;
  const std::string place = "/v1/projects/p/locations/l/publishers/anthropic/models/";
  const auto send = [&](const std::string& end, const std::string& body) {
    return ask(simulator, request_text("POST", place + end, body));
  };
  const std::string rest = R"("max_tokens":9,"messages":[{"role":"user","content":"a"}]})";
  const std::string version = R"({"anthropic_version":"vertex-2023-10-16",)";
  const Answer whole = send("claude-opus-4-1@20250805:rawPredict", version + rest);
  EXPECT_EQ(Json(whole.body).text("/model"), "claude-opus-4-1@20250805");
  const Answer stream = send("m:streamRawPredict", version + R"("stream":true,)" + rest);
  EXPECT_EQ(stream.event_names().front(), "message_start");
  EXPECT_EQ(send("m:rawPredict", "{" + rest).status, 400);
  EXPECT_EQ(send("m:rawPredict", version + R"("model":"m",)" + rest).status, 400);
  EXPECT_TRUE(
      Json(send("count-tokens:rawPredict", version + R"("model":"m","messages":[{"role":"user","content":"a"}]})").body)
          .has("/input_tokens"));
  EXPECT_EQ(ask(simulator, anthropic_chat("hi", R"(,"anthropic_version":"vertex-2023-10-16")")).status, 400);
}

}  // namespace
}  // namespace antiphon::test
