#include <gtest/gtest.h>

#include <map>

#include "client.hpp"

namespace antiphon::test {
namespace {

// providers.md §2: what a Responses client sees.

using Shape = std::vector<std::string>;

Answer respond(const Simulator& simulator, std::string_view body) {
  return ask(simulator, request_text("POST", "/v1/responses", body));
}

Shape responses_types(const Answer& answer) {
  Shape types;
  for (const std::string& event : answer.events()) {
    std::string type = Json(event).text("/type");
    const bool repeats =
        type.size() > 6 && type.substr(type.size() - 6) == ".delta" && !types.empty() && types.back() == type;
    if (!repeats) types.push_back(type);
  }
  return types;
}

/// The members that each event must have besides type and sequence number.
const std::map<std::string, Shape>& required_members() {
  static const Shape part{"item_id", "output_index"};
  static const Shape text{"item_id", "output_index", "content_index"};
  static const Shape summary{"item_id", "output_index", "summary_index"};
  const auto with = [](Shape members, const Shape& more) {
    members.insert(members.end(), more.begin(), more.end());
    return members;
  };
  static const std::map<std::string, Shape> members{
      {"response.created", {"response"}},
      {"response.queued", {"response"}},
      {"response.in_progress", {"response"}},
      {"response.completed", {"response"}},
      {"response.incomplete", {"response"}},
      {"response.failed", {"response"}},
      {"error", {}},
      {"response.output_item.added", {"item", "output_index"}},
      {"response.output_item.done", {"item", "output_index"}},
      {"response.content_part.added", with(text, {"part"})},
      {"response.content_part.done", with(text, {"part"})},
      {"response.output_text.delta", with(text, {"delta", "logprobs"})},
      {"response.output_text.done", with(text, {"text", "logprobs"})},
      {"response.output_text.annotation.added", with(text, {"annotation", "annotation_index"})},
      {"response.refusal.delta", with(text, {"delta"})},
      {"response.refusal.done", with(text, {"refusal"})},
      {"response.reasoning_text.delta", with(text, {"delta"})},
      {"response.reasoning_text.done", with(text, {"text"})},
      {"response.reasoning_summary_part.added", with(summary, {"part"})},
      {"response.reasoning_summary_part.done", with(summary, {"part"})},
      {"response.reasoning_summary_text.delta", with(summary, {"delta"})},
      {"response.reasoning_summary_text.done", with(summary, {"text"})},
      {"response.function_call_arguments.delta", with(part, {"delta"})},
      {"response.function_call_arguments.done", with(part, {"arguments"})},
      {"response.custom_tool_call_input.delta", with(part, {"delta"})},
      {"response.custom_tool_call_input.done", with(part, {"input"})},
      {"response.web_search_call.in_progress", part},
      {"response.web_search_call.searching", part},
      {"response.web_search_call.completed", part},
      {"response.file_search_call.in_progress", part},
      {"response.file_search_call.searching", part},
      {"response.file_search_call.completed", part},
      {"response.code_interpreter_call.in_progress", part},
      {"response.code_interpreter_call.interpreting", part},
      {"response.code_interpreter_call.completed", part},
      {"response.code_interpreter_call_code.delta", with(part, {"delta"})},
      {"response.code_interpreter_call_code.done", with(part, {"code"})},
      {"response.image_generation_call.in_progress", part},
      {"response.image_generation_call.generating", part},
      {"response.image_generation_call.partial_image", with(part, {"partial_image_b64", "partial_image_index"})},
      {"response.image_generation_call.completed", part},
      {"response.mcp_call.in_progress", part},
      {"response.mcp_call.completed", part},
      {"response.mcp_call.failed", part},
      {"response.mcp_call_arguments.delta", with(part, {"delta"})},
      {"response.mcp_call_arguments.done", with(part, {"arguments"})},
      {"response.mcp_list_tools.in_progress", part},
      {"response.mcp_list_tools.completed", part},
      {"response.mcp_list_tools.failed", part},
      {"response.shell_call_command.added", {"command", "command_index", "output_index"}},
      {"response.shell_call_command.delta", {"delta", "command_index", "output_index"}},
      {"response.shell_call_command.done", {"command", "command_index", "output_index"}},
      {"response.shell_call_output_content.delta", with(part, {"delta", "command_index"})},
      {"response.shell_call_output_content.done", with(part, {"output", "command_index"})},
      {"response.compaction.compacting", part},
  };
  return members;
}

/// What holds for every stream: names as types, numbers without gaps, the members of each event.
void expect_well_formed(const Answer& stream) {
  const auto events = stream.events();
  const auto names = stream.event_names();
  ASSERT_EQ(names.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json event(events[i]);
    const std::string type = event.text("/type");
    EXPECT_EQ(names[i], type);
    EXPECT_EQ(event.number("/sequence_number"), static_cast<std::int64_t>(i));
    const auto members = required_members().find(type);
    ASSERT_NE(members, required_members().end()) << type;
    for (const std::string& member : members->second)
      EXPECT_TRUE(event.has("/" + member)) << type << " without " << member;
  }
}

TEST(ResponsesAnswer, HasTheFieldsOfTheRealOne) {
  Simulator simulator;
  const Answer answer =
      ask(simulator, responses_chat("Why is the sky blue?", R"(,"temperature":0.5,"metadata":{"a":"b"})"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.header("x-request-id").substr(0, 4), "req_");
  const Json json(answer.body);
  EXPECT_EQ(json.text("/id").substr(0, 5), "resp_");
  EXPECT_EQ(json.text("/object"), "response");
  EXPECT_EQ(json.text("/status"), "completed");
  EXPECT_TRUE(json.is_null("/error"));
  EXPECT_TRUE(json.is_null("/incomplete_details"));
  EXPECT_EQ(json.text("/model"), "m");
  EXPECT_EQ(json.text("/output/0/type"), "message");
  EXPECT_EQ(json.text("/output/0/id").substr(0, 4), "msg_");
  EXPECT_EQ(json.text("/output/0/role"), "assistant");
  EXPECT_EQ(json.text("/output/0/status"), "completed");
  EXPECT_EQ(json.text("/output/0/phase"), "final_answer");
  EXPECT_EQ(json.text("/output/0/content/0/type"), "output_text");
  EXPECT_NE(json.text("/output/0/content/0/text").find("Why is the sky blue?"), std::string::npos);
  EXPECT_EQ(json.minified("/output/0/content/0/annotations"), "[]");
  EXPECT_EQ(json.minified("/temperature"), "0.5") << "settings come back";
  EXPECT_EQ(json.text("/metadata/a"), "b");
  EXPECT_EQ(json.text("/tool_choice"), "auto");
  EXPECT_FALSE(json.has("/output_text")) << "a convenience of the SDKs, not on the wire";
  EXPECT_EQ(json.number("/usage/total_tokens"),
            json.number("/usage/input_tokens") + json.number("/usage/output_tokens"));
  EXPECT_EQ(ask(simulator, responses_chat("Why is the sky blue?", R"(,"temperature":0.5,"metadata":{"a":"b"})")).body,
            answer.body);
}

// §2.6: the order of the events; the last one has it all, and there is no [DONE].
TEST(ResponsesAnswer, StreamsTheSameText) {
  Simulator simulator;
  const Json whole(ask(simulator, responses_chat("hi")).body);
  const Answer stream = ask(simulator, responses_chat("hi", R"(,"stream":true)"));
  EXPECT_EQ(stream.header("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(responses_types(stream),
            (Shape{"response.created", "response.in_progress", "response.output_item.added",
                   "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                   "response.content_part.done", "response.output_item.done", "response.completed"}));
  expect_well_formed(stream);
  EXPECT_EQ(responses_text(stream), whole.text("/output/0/content/0/text"));
  const auto events = stream.events();
  const Json created(events[0]);
  EXPECT_EQ(created.text("/response/status"), "in_progress");
  EXPECT_EQ(created.minified("/response/output"), "[]");
  EXPECT_TRUE(created.is_null("/response/usage"));
  const Json added(events[2]);
  EXPECT_EQ(added.minified("/item/content"), "[]");
  EXPECT_EQ(added.text("/item/status"), "in_progress");
  const Json part(events[3]);
  EXPECT_EQ(part.text("/part/text"), "");
  EXPECT_EQ(part.text("/item_id"), added.text("/item/id"));
  EXPECT_EQ(Json(events.back()).minified("/response"), whole.minified(""));
}

TEST(ResponsesAnswer, ObfuscatesItsDeltasUnlessToldNotTo) {
  Simulator simulator;
  const auto delta = [&](std::string_view more) {
    return Json(ask(simulator, responses_chat("hi", R"(,"stream":true)" + std::string(more))).events()[4]);
  };
  EXPECT_FALSE(delta("").text("/obfuscation").empty());
  EXPECT_FALSE(delta(R"(,"stream_options":{"include_obfuscation":false})").has("/obfuscation"));
}

TEST(ResponsesAnswer, EndsAtItsLimit) {
  Simulator simulator;
  const char* const limit = R"({"model":"m","max_output_tokens":16,"input":"hi and some more words to speak of"})";
  const Json cut(respond(simulator, limit).body);
  EXPECT_EQ(cut.text("/status"), "incomplete");
  EXPECT_EQ(cut.text("/incomplete_details/reason"), "max_output_tokens");
  EXPECT_EQ(cut.text("/output/0/status"), "incomplete");
  EXPECT_EQ(cut.number("/usage/output_tokens"), 16);
  const auto types = responses_types(
      ask(simulator, responses_chat("hi and some more words to speak of", R"(,"stream":true,"max_output_tokens":16)")));
  EXPECT_EQ(types.back(), "response.incomplete");
}

const std::string responses_weather =
    R"("tools":[{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string","enum":["Oslo"]},)"
    R"("days":{"type":"integer","minimum":3,"maximum":3}},"required":["city","days"]}}])";

TEST(ResponsesAnswer, CallsAFunctionWithArgumentsOfItsSchema) {
  Simulator simulator;
  for (const std::string choice :
       {R"(,"tool_choice":"required")", R"(,"tool_choice":{"type":"function","name":"weather"})"}) {
    const Json json(ask(simulator, responses_chat("hi", "," + responses_weather + choice)).body);
    EXPECT_EQ(json.text("/status"), "completed") << "there is no finish reason";
    EXPECT_EQ(json.text("/output/0/type"), "function_call");
    EXPECT_EQ(json.text("/output/0/id").substr(0, 3), "fc_");
    EXPECT_EQ(json.text("/output/0/call_id").substr(0, 5), "call_");
    EXPECT_EQ(json.text("/output/0/name"), "weather");
    EXPECT_EQ(json.text("/output/0/arguments"), R"({"city":"Oslo","days":3})");
  }
  const Answer stream = ask(simulator, responses_chat("weather please", "," + responses_weather + R"(,"stream":true)"));
  expect_well_formed(stream);
  EXPECT_EQ(responses_types(stream),
            (Shape{"response.created", "response.in_progress", "response.output_item.added",
                   "response.function_call_arguments.delta", "response.function_call_arguments.done",
                   "response.output_item.done", "response.completed"}));
  const auto events = stream.events();
  EXPECT_EQ(Json(events[2]).text("/item/arguments"), "");
  std::string arguments;
  for (const std::string& event : events) {
    const Json json(event);
    if (json.has("/delta")) arguments += json.text("/delta");
  }
  EXPECT_EQ(arguments, R"({"city":"Oslo","days":3})");
  EXPECT_EQ(Json(ask(simulator, responses_chat("weather", "," + responses_weather + R"(,"tool_choice":"none")")).body)
                .text("/output/0/type"),
            "message");
}

TEST(ResponsesAnswer, CallsACustomToolWithText) {
  Simulator simulator;
  const std::string tool =
      R"(,"tools":[{"type":"custom","name":"sql","format":{"type":"grammar","syntax":"lark","definition":"x"}}],"tool_choice":"required")";
  const Json json(ask(simulator, responses_chat("hi", tool)).body);
  EXPECT_EQ(json.text("/output/0/type"), "custom_tool_call");
  EXPECT_EQ(json.text("/output/0/id").substr(0, 4), "ctc_");
  EXPECT_EQ(json.text("/output/0/input"), "Text for sql, made by the simulator.");
  const Answer stream = ask(simulator, responses_chat("hi", tool + R"(,"stream":true)"));
  expect_well_formed(stream);
  EXPECT_EQ(responses_types(stream)[4], "response.custom_tool_call_input.done");
}

TEST(ResponsesAnswer, SpeaksOfTheToolResults) {
  Simulator simulator;
  const Json json(respond(simulator, R"({"model":"m","input":[{"role":"user","content":"weather"},
    {"type":"function_call","call_id":"a","name":"weather","arguments":"{}"},{"type":"function_call","call_id":"b","name":"weather","arguments":"{}"},
    {"type":"function_call_output","call_id":"b","output":"rain"},
    {"type":"function_call_output","call_id":"a","output":[{"type":"input_text","text":" and sun"}]}]})")
                      .body);
  EXPECT_EQ(json.text("/output/0/content/0/text").substr(0, 32), "The tool answered: rain and sun ");
}

TEST(ResponsesAnswer, FitsASchemaOrIsJson) {
  Simulator simulator;
  const Json fits(
      ask(simulator, responses_chat("hi", R"(,"text":{"format":{"type":"json_schema","name":"x","strict":true,
    "schema":{"type":"object","properties":{"kind":{"enum":["a"]}},"required":["kind"],"additionalProperties":false}}})"))
          .body);
  EXPECT_EQ(fits.text("/output/0/content/0/text"), R"({"kind":"a"})");
  const Json json(ask(simulator, responses_chat("json please", R"(,"text":{"format":{"type":"json_object"}})")).body);
  EXPECT_TRUE(Json(json.text("/output/0/content/0/text")).has("/answer"));
}

TEST(ResponsesAnswer, HasLogprobsWhenIncluded) {
  Simulator simulator;
  const std::string include = R"(,"include":["message.output_text.logprobs"])";
  EXPECT_EQ(Json(ask(simulator, responses_chat("hi", include)).body).text("/output/0/content/0/logprobs/0/token"),
            "You");
  const auto events = ask(simulator, responses_chat("hi", include + R"(,"stream":true)")).events();
  EXPECT_EQ(Json(events[4]).text("/logprobs/0/token"), "You");
  EXPECT_EQ(Json(ask(simulator, responses_chat("hi")).body).minified("/output/0/content/0/logprobs"), "[]");
}

TEST(ResponsesAnswer, CountsImages) {
  Simulator simulator;
  const Json json(
      respond(simulator, R"({"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"look"},
    {"type":"input_image","image_url":"data:image/png;base64,QUJD","detail":"low"},{"type":"input_image","file_id":"f"}]}]})")
          .body);
  EXPECT_NE(json.text("/output/0/content/0/text").find("Images in it: 2."), std::string::npos);
}

// §2.3: a reasoning model always has a reasoning item; what it shows depends on the request.
TEST(ResponsesReasoning, ShowsASummaryWhenAsked) {
  Simulator simulator;
  const auto of = [&](const std::string& model, const std::string& more) {
    return Json(respond(simulator, R"({"model":")" + model + R"(","input":"hi")" + more + "}").body);
  };
  EXPECT_EQ(of("gpt-4o", "").text("/output/0/type"), "message");
  const Json silent = of("o4-mini", "");
  EXPECT_EQ(silent.text("/output/0/type"), "reasoning");
  EXPECT_EQ(silent.text("/output/0/id").substr(0, 3), "rs_");
  EXPECT_EQ(silent.minified("/output/0/summary"), "[]");
  EXPECT_TRUE(silent.is_null("/output/0/encrypted_content"));
  EXPECT_EQ(silent.number("/usage/output_tokens_details/reasoning_tokens"), 8);
  EXPECT_EQ(of("gpt-5.1", R"(,"reasoning":{"effort":"none"})").text("/output/0/type"), "message");
  const Json shown = of("o4-mini", R"(,"reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"])");
  EXPECT_EQ(shown.text("/output/0/summary/0/type"), "summary_text");
  EXPECT_EQ(shown.text("/output/0/summary/0/text"), "The user wrote something. An answer is due.");
  EXPECT_EQ(shown.text("/output/0/encrypted_content").substr(0, 5), "gAAAA");
  EXPECT_EQ(of("gpt-6.2-sol", "").text("/output/0/encrypted_content").substr(0, 5), "gAAAA")
      << "the newest fill it unasked";
}

// Trap 52: encrypted_content of the added item is stale.
TEST(ResponsesReasoning, StreamsBeforeTheMessage) {
  Simulator simulator;
  const Answer stream = respond(
      simulator,
      R"({"model":"o4-mini","stream":true,"input":"hi","reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"]})");
  expect_well_formed(stream);
  const Shape types = responses_types(stream);
  EXPECT_EQ(Shape(types.begin() + 2, types.begin() + 9),
            (Shape{"response.output_item.added", "response.reasoning_summary_part.added",
                   "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done",
                   "response.reasoning_summary_part.done", "response.output_item.done", "response.output_item.added"}));
  std::string added;
  std::string done;
  for (const std::string& event : stream.events()) {
    const Json json(event);
    if (!json.has("/item/encrypted_content")) continue;
    (json.text("/type") == "response.output_item.added" ? added : done) = json.text("/item/encrypted_content");
  }
  EXPECT_FALSE(added.empty());
  EXPECT_NE(added, done);
  const auto send_back = [&](const std::string& encrypted) {
    return respond(
        simulator,
        R"({"model":"o4-mini","store":false,"input":[{"role":"user","content":"a"},{"type":"reasoning","summary":[],"encrypted_content":")" +
            encrypted + R"("},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]})");
  };
  EXPECT_EQ(send_back(done).status, 200) << send_back(done).body;
  const Answer stale = send_back(added);
  EXPECT_EQ(stale.status, 400);
  EXPECT_EQ(Json(stale.body).text("/error/code"), "invalid_encrypted_content");
}

// §2.3: a reasoning item and what it led to belong together.
TEST(ResponsesReasoning, GoesBackWithWhatItLedTo) {
  Simulator simulator;
  const std::string ask_weather = R"({"model":"o4-mini","input":"weather",)" + responses_weather + "}";
  const Json whole(respond(simulator, ask_weather).body);
  ASSERT_EQ(whole.text("/output/1/type"), "function_call");
  const std::string reasoning = whole.minified("/output/0");
  const std::string call = whole.minified("/output/1");
  const std::string output =
      R"({"type":"function_call_output","output":"rain","call_id":")" + whole.text("/output/1/call_id") + "\"}";
  const auto send_back = [&](const std::string& items) {
    return respond(simulator, R"({"model":"o4-mini",)" + responses_weather +
                                  R"(,"input":[{"role":"user","content":"weather"},)" + items + "]}");
  };
  EXPECT_EQ(send_back(reasoning + "," + call + "," + output).status, 200);
  const Answer without = send_back(call + "," + output);
  EXPECT_EQ(without.status, 400);
  EXPECT_NE(Json(without.body).text("/error/message").find("without its required 'reasoning' item"), std::string::npos);
  const Answer alone = send_back(reasoning + R"(,{"role":"user","content":"well?"})");
  EXPECT_EQ(alone.status, 400);
  EXPECT_NE(Json(alone.body).text("/error/message").find("without its required following item"), std::string::npos);
  EXPECT_EQ(
      send_back(R"({"type":"item_reference","id":")" + whole.text("/output/0/id") + R"("},)" + call + "," + output)
          .status,
      200);
}

TEST(ResponsesReasoning, RawReasoningHasEventsOfItsOwn) {
  Simulator simulator(rule(R"({"answer": {"blocks": [{"reasoning": ["m", "m"], "raw": true}, {"text": ["a"]}]}})"));
  const Answer stream = ask(simulator, responses_chat("hi", R"(,"stream":true)"));
  expect_well_formed(stream);
  const Shape types = responses_types(stream);
  EXPECT_EQ(types[3], "response.reasoning_text.delta");
  EXPECT_EQ(types[4], "response.reasoning_text.done");
  const Json whole(ask(simulator, responses_chat("hi")).body);
  EXPECT_EQ(whole.text("/output/0/content/0/type"), "reasoning_text");
  EXPECT_EQ(whole.text("/output/0/content/0/text"), "mm");
}

TEST(ResponsesReasoning, HasSeveralSummaries) {
  Simulator simulator(
      rule(R"({"answer": {"blocks": [{"reasoning": ["a", "b"]}, {"reasoning": ["c"]}, {"text": ["d"]}]}})"));
  const std::string wish = R"(,"reasoning":{"summary":"auto"})";
  const Json whole(ask(simulator, responses_chat("hi", wish)).body);
  EXPECT_EQ(whole.text("/output/0/summary/0/text"), "ab");
  EXPECT_EQ(whole.text("/output/0/summary/1/text"), "c");
  EXPECT_EQ(whole.text("/output/1/type"), "message");
  const Answer stream = ask(simulator, responses_chat("hi", wish + R"(,"stream":true)"));
  expect_well_formed(stream);
  std::vector<std::string> summaries(2);
  for (const std::string& event : stream.events()) {
    const Json json(event);
    if (json.has("/summary_index") && json.has("/delta")) {
      summaries[static_cast<std::size_t>(json.number("/summary_index"))] += json.text("/delta");
    }
  }
  EXPECT_EQ(summaries, (std::vector<std::string>{"ab", "c"}));
  EXPECT_EQ(Json(stream.events().back()).minified("/response"), whole.minified(""));
}

// §2.6: indexes tell items and parts apart.
TEST(ResponsesBlocks, ComeInTheirOrder) {
  Simulator simulator(rule(R"({"answer": {"blocks": [
    {"hidden_reasoning": "gAAAAsecret"}, {"text": ["one", " two"], "citations": [{"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 3}]},
    {"refusal": "no"}, {"extra": "{\"type\":\"future_item\",\"id\":\"x_1\",\"n\":1.0}"},
    {"tool_call": {"name": "f", "arguments": "{broken"}}, {"tool_call": {"id": "c", "name": "g", "arguments": {"a": 1}}}, {"text": "end"}]}})"));
  const Answer stream = ask(simulator, responses_chat("hi", R"(,"stream":true)"));
  expect_well_formed(stream);
  const Json end(stream.events().back());
  EXPECT_EQ(end.text("/response/output/0/encrypted_content"), "gAAAAsecret");
  EXPECT_EQ(end.text("/response/output/1/phase"), "commentary");
  EXPECT_EQ(end.text("/response/output/1/content/0/annotations/0/type"), "url_citation");
  EXPECT_EQ(end.text("/response/output/1/content/1/refusal"), "no");
  EXPECT_NE(stream.events().back().find(R"({"type":"future_item","id":"x_1","n":1.0})"), std::string::npos);
  EXPECT_EQ(end.text("/response/output/3/call_id"), "call_1");
  EXPECT_EQ(end.text("/response/output/3/arguments"), "{broken");
  EXPECT_EQ(end.text("/response/output/4/call_id"), "c");
  EXPECT_EQ(end.text("/response/output/5/phase"), "final_answer");
  std::map<std::string, std::string> texts;
  for (const std::string& event : stream.events()) {
    const Json json(event);
    if (!json.has("/delta")) continue;
    std::string key = std::to_string(json.number("/output_index"));
    if (json.has("/content_index")) key += '/' + std::to_string(json.number("/content_index"));
    texts[key] += json.text("/delta");
  }
  EXPECT_EQ(texts, (std::map<std::string, std::string>{
                       {"1/0", "one two"}, {"1/1", "no"}, {"3", "{broken"}, {"4", R"({"a":1})"}, {"5/0", "end"}}));
  EXPECT_EQ(end.minified("/response"), Json(ask(simulator, responses_chat("hi")).body).minified(""));
}

struct Hosted {
  const char* item;
  Shape events;
};

class HostedTool : public testing::TestWithParam<Hosted> {};

TEST_P(HostedTool, TellsHowItGetsOn) {
  Simulator simulator(rule(R"({"answer": {"blocks": [{"extra": )" + std::string(GetParam().item) + "}]}}"));
  const Answer stream = ask(simulator, responses_chat("hi", R"(,"stream":true)"));
  expect_well_formed(stream);
  Shape expected{"response.created", "response.in_progress", "response.output_item.added"};
  expected.insert(expected.end(), GetParam().events.begin(), GetParam().events.end());
  expected.insert(expected.end(), {"response.output_item.done", "response.completed"});
  EXPECT_EQ(responses_types(stream), expected);
  const auto events = stream.events();
  EXPECT_EQ(Json(events[events.size() - 2]).minified("/item"), Json(GetParam().item).minified(""));
}

INSTANTIATE_TEST_SUITE_P(
    All, HostedTool,
    testing::Values(
        Hosted{R"({"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}})",
               {"response.web_search_call.in_progress", "response.web_search_call.searching",
                "response.web_search_call.completed"}},
        Hosted{R"({"type":"file_search_call","id":"fs_1","queries":["q"],"results":null})",
               {"response.file_search_call.in_progress", "response.file_search_call.searching",
                "response.file_search_call.completed"}},
        Hosted{R"({"type":"code_interpreter_call","id":"ci_1","code":"x = 1","container_id":"c"})",
               {"response.code_interpreter_call.in_progress", "response.code_interpreter_call_code.delta",
                "response.code_interpreter_call_code.done", "response.code_interpreter_call.interpreting",
                "response.code_interpreter_call.completed"}},
        Hosted{R"({"type":"image_generation_call","id":"ig_1","result":"QUJD"})",
               {"response.image_generation_call.in_progress", "response.image_generation_call.generating",
                "response.image_generation_call.partial_image", "response.image_generation_call.completed"}},
        Hosted{R"({"type":"mcp_call","id":"mcp_1","name":"f","arguments":"{}","server_label":"s"})",
               {"response.mcp_call.in_progress", "response.mcp_call_arguments.delta",
                "response.mcp_call_arguments.done", "response.mcp_call.completed"}},
        Hosted{R"({"type":"mcp_list_tools","id":"mcpl_1","tools":[],"error":"down"})",
               {"response.mcp_list_tools.in_progress", "response.mcp_list_tools.failed"}},
        Hosted{R"({"type":"shell_call","id":"sh_1","call_id":"c","action":{"commands":["ls"]}})",
               {"response.shell_call_command.added", "response.shell_call_command.delta",
                "response.shell_call_command.done"}},
        Hosted{R"({"type":"shell_call_output","id":"sho_1","call_id":"c","output":[{"stdout":"a"}]})",
               {"response.shell_call_output_content.delta", "response.shell_call_output_content.done"}},
        Hosted{R"({"type":"compaction","id":"cmp_1","encrypted_content":"x"})", {"response.compaction.compacting"}},
        Hosted{R"({"type":"computer_call","id":"cu_1","call_id":"c"})", {}}));

// §2.5: usage.
TEST(ResponsesUsage, SaysWhatTheScenarioCounts) {
  Simulator simulator(rule(
      R"({"answer": {"text": "a", "tokens": {"prompt": 100, "cached": 60, "cache_write": 10, "completion": 9, "reasoning": 4}}})"));
  const Json whole(ask(simulator, responses_chat("hi")).body);
  EXPECT_EQ(whole.number("/usage/input_tokens"), 100);
  EXPECT_EQ(whole.number("/usage/input_tokens_details/cached_tokens"), 60);
  EXPECT_EQ(whole.number("/usage/input_tokens_details/cache_write_tokens"), 10);
  EXPECT_EQ(whole.number("/usage/output_tokens"), 9);
  EXPECT_EQ(whole.number("/usage/output_tokens_details/reasoning_tokens"), 4);
  EXPECT_EQ(whole.number("/usage/total_tokens"), 109);
}

struct Ending {
  const char* reason;
  const char* status;
  const char* incomplete;
  const char* event;
};

class ResponsesEnding : public testing::TestWithParam<Ending> {};

TEST_P(ResponsesEnding, IsAStatus) {
  Simulator simulator(rule(R"({"answer": {"text": "a", "finish_reason": ")" + std::string(GetParam().reason) + "\"}}"));
  const Json whole(ask(simulator, responses_chat("hi")).body);
  EXPECT_EQ(whole.text("/status"), GetParam().status);
  if (*GetParam().incomplete) {
    EXPECT_EQ(whole.text("/incomplete_details/reason"), GetParam().incomplete);
  } else {
    EXPECT_TRUE(whole.is_null("/incomplete_details"));
  }
  EXPECT_EQ(whole.is_null("/error"), std::string_view(GetParam().status) != "failed");
  EXPECT_EQ(responses_types(ask(simulator, responses_chat("hi", R"(,"stream":true)"))).back(), GetParam().event);
}

INSTANTIATE_TEST_SUITE_P(All, ResponsesEnding,
                         testing::Values(Ending{"stop", "completed", "", "response.completed"},
                                         Ending{"length", "incomplete", "max_output_tokens", "response.incomplete"},
                                         Ending{"content_filter", "incomplete", "content_filter",
                                                "response.incomplete"},
                                         Ending{"steered", "incomplete", "steered", "response.incomplete"},
                                         Ending{"failed", "failed", "", "response.failed"},
                                         Ending{"cancelled", "cancelled", "", "response.completed"}));

// Trap 20: 200 with a failed status.
TEST(ResponsesScript, CanFailWithAStatusOf200) {
  Simulator simulator(
      rule(R"({"answer": {"text": "a", "failed": {"code": "rate_limit_exceeded", "message": "Slow down."}}})"));
  const Answer answer = ask(simulator, responses_chat("hi"));
  EXPECT_EQ(answer.status, 200);
  const Json whole(answer.body);
  EXPECT_EQ(whole.text("/status"), "failed");
  EXPECT_EQ(whole.text("/error/code"), "rate_limit_exceeded");
  EXPECT_EQ(whole.text("/error/message"), "Slow down.");
  EXPECT_EQ(responses_types(ask(simulator, responses_chat("hi", R"(,"stream":true)"))).back(), "response.failed");
}

TEST(ResponsesScript, SaysWhatIsSent) {
  Simulator simulator(
      rule(R"({"answer": {"chunks": ["one ", "", "two"], "id": "x", "model": "y", "usage": {"odd": [null]}}})"));
  const Json whole(ask(simulator, responses_chat("hi")).body);
  EXPECT_EQ(whole.text("/id"), "resp_x");
  EXPECT_EQ(whole.text("/model"), "y");
  EXPECT_EQ(whole.text("/output/0/content/0/text"), "one two");
  EXPECT_EQ(whole.minified("/usage"), R"({"odd":[null]})");
  EXPECT_EQ(ask(simulator, responses_chat("hi", R"(,"previous_response_id":"resp_x")")).status, 200);
  simulator.set_scenario(rule(R"({"answer": {"usage": null, "finish_reason": null}})"));
  const Json without(ask(simulator, responses_chat("hi")).body);
  EXPECT_FALSE(without.has("/usage"));
  EXPECT_TRUE(without.is_null("/status"));
}

TEST(ResponsesScript, MakesContentOnTheFly) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 3, "chunk_bytes": 5}}})"));
  EXPECT_EQ(Json(ask(simulator, responses_chat("hi")).body).text("/output/0/content/0/text"), "0 0 01 1 12 2 2");
  const Answer stream = ask(simulator, responses_chat("hi", R"(,"stream":true)"));
  expect_well_formed(stream);
  EXPECT_EQ(responses_text(stream), "0 0 01 1 12 2 2");
  EXPECT_EQ(Json(stream.events().back()).text("/response/output/0/content/0/text"), "0 0 01 1 12 2 2");
}

// A text that is too long to be held is not said again.
TEST(ResponsesScript, DoesNotRepeatALongText) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 17, "chunk_bytes": 1048576}}})"));
  const Answer stream = ask(simulator, responses_chat("hi", R"(,"stream":true)"));
  expect_well_formed(stream);
  EXPECT_EQ(responses_types(stream),
            (Shape{"response.created", "response.in_progress", "response.output_item.added",
                   "response.content_part.added", "response.output_text.delta", "response.completed"}));
  EXPECT_EQ(Json(stream.events().back()).minified("/response/output"), "[]");
}

// Traps 51 and 52: what gateways make of it.
TEST(ResponsesScript, CanBeAsGatewaysAre) {
  Simulator simulator(
      rule(R"({"answer": {"chunks": ["a", "b", "c"], "changing_item_ids": true, "without_part_ends": true}})"));
  const Answer stream = ask(simulator, responses_chat("hi", R"(,"stream":true)"));
  expect_well_formed(stream);
  EXPECT_EQ(responses_types(stream), (Shape{"response.created", "response.in_progress", "response.output_item.added",
                                            "response.content_part.added", "response.output_text.delta",
                                            "response.output_item.done", "response.completed"}));
  std::map<std::string, int> ids;
  for (const std::string& event : stream.events()) {
    const Json json(event);
    if (json.has("/item_id")) ++ids[json.text("/item_id")];
  }
  EXPECT_EQ(ids.size(), 4u);
}

// §2.6: an error inside a stream comes before `response.failed`, nested as recorded or flat as specified.
TEST(ResponsesFault, ErrorInTheStream) {
  const auto events = [](const std::string& answer) {
    Simulator simulator(
        rule(R"({"answer": )" + answer +
             R"(, "fault": {"error_in_stream": {"after_events": 5, "code": "server_error", "message": "m"}}})"));
    const Answer stream = ask(simulator, responses_chat("hi", R"(,"stream":true)"));
    expect_well_formed(stream);
    return stream.events();
  };
  const auto nested = events(R"({"chunks": ["a", "b"]})");
  ASSERT_EQ(nested.size(), 7u);
  EXPECT_EQ(
      nested[5],
      R"({"type":"error","sequence_number":5,"error":{"type":"server_error","code":"server_error","message":"m","param":null}})");
  const Json failed(nested[6]);
  EXPECT_EQ(failed.text("/type"), "response.failed");
  EXPECT_EQ(failed.text("/response/status"), "failed");
  EXPECT_EQ(failed.text("/response/error/code"), "server_error");
  const auto flat = events(R"({"chunks": ["a", "b"], "flat_errors": true})");
  EXPECT_EQ(flat[5], R"({"type":"error","sequence_number":5,"code":"server_error","message":"m","param":null})");
}

TEST(Responses, RunsInTheBackground) {
  Simulator simulator;
  const Json queued(ask(simulator, responses_chat("hi", R"(,"background":true)")).body);
  EXPECT_EQ(queued.text("/status"), "queued");
  EXPECT_EQ(queued.minified("/output"), "[]");
  const Answer stream = ask(simulator, responses_chat("hi", R"(,"background":true,"stream":true)"));
  expect_well_formed(stream);
  EXPECT_EQ(responses_types(stream)[1], "response.queued");
}

TEST(Responses, WantsTheKey) {
  Simulator simulator(Scenario().api_key("sk-right"));
  EXPECT_EQ(ask(simulator, responses_chat("hi")).status, 401);
  const std::string body = R"({"model":"m","input":"a"})";
  EXPECT_EQ(ask(simulator, request_text("POST", "/v1/responses", body, "Authorization: Bearer sk-right\r\n")).status,
            200);
}

TEST(Responses, AnswersItsOtherPaths) {
  Simulator simulator;
  const std::string body = R"({"model":"m","input":"hi"})";
  const Json counted(ask(simulator, request_text("POST", "/v1/responses/input_tokens", body)).body);
  EXPECT_EQ(counted.text("/object"), "response.input_tokens");
  EXPECT_EQ(counted.number("/input_tokens"), Json(respond(simulator, body).body).number("/usage/input_tokens"));
  const Json compact(ask(simulator, request_text("POST", "/v1/responses/compact", body)).body);
  EXPECT_EQ(compact.text("/output/1/type"), "compaction");
  EXPECT_EQ(respond(simulator, R"({"model":"m","input":[)" + compact.minified("/output/1") +
                                   R"(,{"role":"user","content":"on"}]})")
                .status,
            200);
  const Answer unknown = ask(simulator, request_text("GET", "/v1/responses/resp_1"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(Json(unknown.body).text("/error/type"), "invalid_request_error");
  EXPECT_EQ(ask(simulator, request_text("GET", "/v1/responses")).status, 405);
  EXPECT_EQ(ask(simulator, request_text("GET", "/v1/responses/input_tokens")).status, 405);
}

}  // namespace
}  // namespace antiphon::test
