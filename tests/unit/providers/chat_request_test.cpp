#include <gtest/gtest.h>

#include <string>

#include <antiphon/codec.hpp>

namespace antiphon::tests {
namespace {

std::string refused_at(const std::string& body) {
  try {
    parse_chat_request(body);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << error.what();
    return error.where();
  }
  ADD_FAILURE() << "accepted: " << body;
  return "";
}

std::string with(const std::string& fields) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + fields + "}";
}

std::string message(const std::string& fields) { return R"({"model":"m","messages":[{)" + fields + "}]}"; }

TEST(ChatRequest, IsTakenApart) {
  const ChatRequest request = parse_chat_request(with(
      R"("stream":true,"temperature":0.5,"max_completion_tokens":7,"max_tokens":9,"stop":"x","n":2,"user":"u",
         "metadata":{"a":"b"},"logprobs":true,"top_logprobs":3,"reasoning_effort":"high","parallel_tool_calls":false,
         "seed":-5,"top_p":1,"presence_penalty":null,"tool_choice":"required")"));
  EXPECT_EQ(request.model, "m");
  EXPECT_TRUE(request.stream);
  EXPECT_EQ(request.messages, Messages().user("hi"));
  const Options& options = request.options;
  EXPECT_EQ(options.temperature(), 0.5);
  EXPECT_EQ(options.max_tokens(), 7);
  EXPECT_EQ(options.stop(), std::vector<std::string>{"x"});
  EXPECT_EQ(options.n(), 2);
  EXPECT_EQ(options.user(), "u");
  EXPECT_EQ(options.metadata().size(), 1u);
  EXPECT_EQ(options.logprobs_requested(), 3);
  EXPECT_EQ(options.reasoning_effort(), "high");
  EXPECT_EQ(options.parallel_tool_calls(), false);
  EXPECT_EQ(options.seed(), -5);
  EXPECT_EQ(options.presence_penalty(), std::nullopt);
  EXPECT_EQ(options.tool_choice()->kind(), ToolChoice::Kind::required);
  EXPECT_TRUE(options.extras().empty());
}

TEST(ChatRequest, OneToolThatIsNotKnownLeavesTheOthersWhatTheyAre) {
  const ChatRequest request = parse_chat_request(with(
      R"("tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name": "sql"}}],"top_k":5)"));
  ASSERT_EQ(request.options.tools().size(), 2u);
  EXPECT_EQ(request.options.tools()[0].name(), "f");
  EXPECT_EQ(request.options.tools()[1].provider(), "openai-chat");
  EXPECT_EQ(request.options.tools()[1].raw().text(), R"({"type":"custom","custom":{"name": "sql"}})");
  EXPECT_EQ(request.options.top_k(), 5);
  EXPECT_TRUE(request.options.extras().empty());
}

TEST(ChatRequest, WhatIsNotKnownKeepsItsBytes) {
  const ChatRequest request =
      parse_chat_request(with(R"("new": {"b": 1.0,"a":1e400}, "min_p": 5, "stream_options":{"include_usage":true})"));
  ASSERT_EQ(request.options.extras().size(), 1u);
  EXPECT_EQ(request.options.extras()[0].text(), R"({"new":{"b": 1.0,"a":1e400},"min_p":5})");
}

TEST(ChatRequest, PartsAndToolMessages) {
  const ChatRequest request = parse_chat_request(R"({"model":"m","messages":[
      {"role":"user","content":[{"type":"image_url","image_url":"https://x.example/a.png"},
                                {"type":"input_audio","input_audio":{"data":"YWJj","format":"mp3"}},
                                {"type":"future","a": 1.0}]},
      {"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[
          {"id":"c1","type":"function","function":{"name":"f","arguments":"{ }"}}]},
      {"role":"tool","tool_call_id":"c1","name":"f","content":"22"}]})");
  const auto& parts = request.messages[0].parts();
  EXPECT_EQ(parts[0], Part::image_url("https://x.example/a.png"));
  EXPECT_EQ(parts[1], Part::audio("abc", "mp3"));
  EXPECT_EQ(parts[2], Part::unknown("openai-chat", Json(R"({"type":"future","a": 1.0})")));
  EXPECT_EQ(request.messages[1].parts()[0], Part::reasoning("hm"));
  EXPECT_EQ(request.messages[1].parts()[1], Part::tool_call("c1", "f", "{ }"));
  EXPECT_EQ(request.messages[2].parts()[0], Part::tool_result("c1", "22", false, "f"));
}

TEST(ChatRequest, WhatIsNotKnownInAMessageKeepsItsBytes) {
  const ChatRequest request = parse_chat_request(
      message(R"("role":"user","weight": 1.0,"content":"hi","prefix":true,"annotations":[],"name":null)"));
  EXPECT_EQ(
      request.messages[0],
      Message(Role::user, "hi").with(OwnOptions("openai-chat").set("weight", Json("1.0")).set("prefix", Json("true"))));
}

TEST(ChatRequest, WhatIsNotKnownInACallKeepsItsBytes) {
  const ChatRequest request = parse_chat_request(message(
      R"("role":"assistant","tool_calls":[
        {"id":"a","index":0,"type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"seal": "x"}},
        {"id":"b","type":"custom","custom":{"name":"sql","input":"SELECT 1"}}])"));
  EXPECT_EQ(
      request.messages[0].parts()[0],
      Part::tool_call("a", "f", "{}").with(OwnOptions("openai-chat").set("extra_content", Json(R"({"seal": "x"})"))));
  EXPECT_EQ(request.messages[0].parts()[1],
            Part::tool_call("b", "sql", "SELECT 1").with(OwnOptions("openai-chat").set("type", Json("\"custom\""))));
}

// providers.md §1.3: `prompt_cache_breakpoint` stands beside a text; gateways take `cache_control` there.
TEST(ChatRequest, APartWithMoreFieldsIsWhatItIs) {
  const ChatRequest request = parse_chat_request(R"({"model":"m","messages":[
      {"role":"system","content":[{"type":"text","text":"s","cache_control":{"type": "ephemeral"}}]},
      {"role":"user","content":[{"type":"text","text":"q","prompt_cache_breakpoint":{"mode":"explicit"},"x":null},
                                {"type":"image_url","image_url":{"url":"https://x.example/a.png"},"y":1},
                                {"type":"image_url","image_url":{"url":"https://x.example/a.png","z":1}}]},
      {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"2","y":1},{"type":"text","text":"2"}]}]})");
  const OwnOptions y = OwnOptions("openai-chat").set("y", 1);
  EXPECT_EQ(request.messages[0].parts()[0],
            Part::text("s").with(OwnOptions("openai-chat").set("cache_control", Json(R"({"type": "ephemeral"})"))));
  const auto& parts = request.messages[1].parts();
  EXPECT_EQ(parts[0], Part::text("q").with(
                          OwnOptions("openai-chat").set("prompt_cache_breakpoint", Json(R"({"mode":"explicit"})"))));
  EXPECT_EQ(parts[1], Part::image_url("https://x.example/a.png").with(y));
  EXPECT_EQ(parts[2].kind(), PartKind::unknown);
  EXPECT_EQ(request.messages[2].parts()[0], Part::tool_result("c", {Part::text("2").with(y), Part::text("2")}));
  EXPECT_EQ(request.messages[2].parts()[0].text(), "22");
}

TEST(ChatRequest, AToolWithMoreFieldsIsWhatItIs) {
  const ChatRequest request = parse_chat_request(with(
      R"("tools":[{"type":"function","function":{"name":"f","strict":true,"a": 1.0,"b":null},"cache_control":{}}])"));
  ASSERT_EQ(request.options.tools().size(), 1u);
  const Tool& tool = request.options.tools()[0];
  EXPECT_EQ(tool.name(), "f");
  EXPECT_EQ(tool.strict(), true);
  EXPECT_EQ(tool.own_options(),
            std::vector<OwnOptions>{
                OwnOptions("openai-chat").set("cache_control", Json("{}")).set("function", Json(R"({"a":1.0})"))});
}

TEST(ChatRequest, MayNameNoModel) {
  const ChatRequest request = parse_chat_request(R"({"messages":[{"role":"user","content":"hi"}]})");
  EXPECT_EQ(request.model, "");
  EXPECT_EQ(request.messages, Messages().user("hi"));
}

TEST(ChatRequest, FormatsOfAServersOwnGoAlong) {
  const ChatRequest request = parse_chat_request(with(R"("response_format":{"type":"regex","pattern": "a+"})"));
  EXPECT_FALSE(request.options.response_format());
  EXPECT_EQ(request.options.extras().at(0).text(), R"({"response_format":{"type":"regex","pattern": "a+"}})");
  const ChatRequest schema = parse_chat_request(with(R"("response_format":{"type":"object","properties":{}})"));
  EXPECT_EQ(schema.options.response_format()->kind(), ResponseFormat::Kind::json_schema);
}

TEST(ChatRequest, FaultsNameTheField) {
  EXPECT_EQ(refused_at(""), "body");
  EXPECT_EQ(refused_at("[]"), "body");
  EXPECT_EQ(refused_at("{\"model\":"), "body");
  EXPECT_EQ(refused_at("{\"model\":\"\xff\"}"), "body");
  EXPECT_EQ(refused_at(R"({"model":"m"})"), "messages");
  EXPECT_EQ(refused_at(R"({"model":7,"messages":[]})"), "model");
  EXPECT_EQ(refused_at(R"({"model":"m","messages":{}})"), "messages");
  EXPECT_EQ(refused_at(R"({"model":"m","messages":["hi"]})"), "messages/0");
  EXPECT_EQ(refused_at(message(R"("content":"hi")")), "messages/0/role");
  EXPECT_EQ(refused_at(message(R"("role":"function","content":"hi")")), "messages/0/role");
  EXPECT_EQ(refused_at(message(R"("role":"user","content":7)")), "messages/0/content");
  EXPECT_EQ(refused_at(message(R"("role":"user","content":[7])")), "messages/0/content/0");
  EXPECT_EQ(refused_at(message(R"("role":"user","content":[{"type":"text","text":7}])")), "messages/0/content/0/text");
  EXPECT_EQ(refused_at(message(R"("role":"user","content":[{"type":"input_audio","input_audio":{"data":"*"}}])")),
            "messages/0/content/0/input_audio/data");
  EXPECT_EQ(refused_at(message(R"("role":"tool","content":"x")")), "messages/0/tool_call_id");
  EXPECT_EQ(refused_at(message(R"("role":"assistant","tool_calls":[{"id":"a"}])")), "messages/0/tool_calls/0");
  EXPECT_EQ(refused_at(message(R"("role":"assistant","tool_calls":[{"function":{}}])")),
            "messages/0/tool_calls/0/function/name");
  EXPECT_EQ(refused_at(message(R"("role":"assistant","function_call":{})")), "messages/0/function_call");
  EXPECT_EQ(refused_at(with(R"("temperature":"hot")")), "temperature");
  EXPECT_EQ(refused_at(with(R"("max_completion_tokens":1.5)")), "max_completion_tokens");
  EXPECT_EQ(refused_at(with(R"("stream":1)")), "stream");
  EXPECT_EQ(refused_at(with(R"("stop":["a",1])")), "stop/1");
  EXPECT_EQ(refused_at(with(R"("metadata":{"a":1})")), "metadata/a");
  EXPECT_EQ(refused_at(with(R"("tools":{})")), "tools");
  EXPECT_EQ(refused_at(with(R"("tools":[1])")), "tools/0");
  EXPECT_EQ(refused_at(with(R"("response_format":{"type":"json_schema"})")), "response_format/json_schema");
  EXPECT_EQ(refused_at(with(R"("response_format":{"type":"json_schema","json_schema":{"name":"a"}})")),
            "response_format/json_schema/schema");
  EXPECT_EQ(refused_at(with(R"("response_format":7)")), "response_format");
}

}  // namespace
}  // namespace antiphon::tests
