// An answer of Anthropic's goes back into the next request as it came (providers.md §0.4, §3.3, traps 66, 72, 95).

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/anthropic.hpp>
#include <antiphon/codec.hpp>

#include "fixture.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

const std::string thinking = R"({"type":"thinking","thinking":"h\u00e9","signature":"c2ln"})";
const std::string redacted = R"({"type":"redacted_thinking","data":"ZGF0YQ=="})";
const std::string search = R"({"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"x"}})";
const std::string found = R"({"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"n":1.50}]})";
const std::string cited =
    R"({"type":"text","text":"blue","citations":[{"type":"char_location","cited_text":"b","n":1.0}]})";
const std::string plain = R"({"type":"text","text":"Hi"})";
const std::string call = R"({"type":"tool_use","id":"toolu_1","name":"f","input":{"z":1.0,"a":{"b":[]}}})";
const std::string by_program =
    R"({"type":"tool_use","id":"toolu_2","name":"g","input":{"z": 2},"caller":{"type":"code_execution_20260120","n":1.0}})";
const std::string unheard = R"({"type":"mood","n":1.0,"big":123456789012345678901234567890})";

const std::vector<std::string>& blocks() {
  static const std::vector<std::string> all{thinking, redacted, search, found, cited, plain, unheard, call, by_program};
  return all;
}

std::string joined_texts(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& each : list) text += (text.empty() ? "" : ",") + each;
  return text;
}

Response whole_message() {
  const Result<Response> response =
      decode(R"({"id":"msg_1","type":"message","role":"assistant","content":[)" + joined_texts(blocks()) +
                 R"(],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}})",
             DecodeOptions("anthropic"));
  EXPECT_TRUE(response) << response.error().what();
  return *response;
}

std::string streamed_block(std::size_t index, const std::string& start, const std::vector<std::string>& deltas) {
  const std::string at = "\"index\":" + std::to_string(index);
  std::string bytes = data_event(R"({"type":"content_block_start",)" + at + R"(,"content_block":)" + start + "}");
  for (const std::string& delta : deltas) {
    bytes += data_event(R"({"type":"content_block_delta",)" + at + R"(,"delta":)" + delta + "}");
  }
  return bytes + data_event(R"({"type":"content_block_stop",)" + at + "}");
}

/// The same blocks as a stream has them (§3.8).
Response streamed() {
  const std::string bytes =
      data_event(R"({"type":"message_start","message":{"id":"msg_1","content":[],"usage":{"input_tokens":1}}})") +
      streamed_block(
          0, R"({"type":"thinking","thinking":"","signature":""})",
          {R"({"type":"thinking_delta","thinking":"h\u00e9"})", R"({"type":"signature_delta","signature":"c2ln"})"}) +
      streamed_block(1, redacted, {}) +
      streamed_block(2, R"({"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}})",
                     {R"({"type":"input_json_delta","partial_json":"{\"query\":"})",
                      R"({"type":"input_json_delta","partial_json":"\"x\"}"})"}) +
      streamed_block(3, found, {}) +
      streamed_block(4, R"({"type":"text","text":"","citations":[]})",
                     {R"({"type":"text_delta","text":"blue"})",
                      R"({"type":"citations_delta","citation":{"type":"char_location","cited_text":"b","n":1.0}})"}) +
      streamed_block(5, R"({"type":"text","text":""})", {R"({"type":"text_delta","text":"Hi"})"}) +
      streamed_block(6, unheard, {}) +
      streamed_block(7, R"({"type":"tool_use","id":"toolu_1","name":"f","input":{}})",
                     {R"({"type":"input_json_delta","partial_json":"{\"z\":1.0,"})",
                      R"({"type":"input_json_delta","partial_json":"\"a\":{\"b\":[]}}"})"}) +
      streamed_block(
          8,
          R"({"type":"tool_use","id":"toolu_2","name":"g","input":{},"caller":{"type":"code_execution_20260120","n":1.0}})",
          {R"({"type":"input_json_delta","partial_json":"{\"z\": 2}"})"}) +
      data_event(R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":1}})") +
      data_event(R"({"type":"message_stop"})");
  const Result<Response> response = decode(bytes, DecodeOptions("anthropic").stream(true));
  EXPECT_TRUE(response) << response.error().what();
  return *response;
}

std::string sent_back(const Response& response, const Options& options = Options()) {
  Messages messages =
      Messages().user("a").add(response.message()).tool_result("toolu_1", "x").tool_result("toolu_2", "y");
  const EncodedRequest request = encode(ModelConfig("claude-opus-4-6", providers::anthropic), messages, options, false);
  EXPECT_TRUE(request.warnings.empty());
  return request.http.body;
}

/// Escapes are ours: é stands for itself.
std::string unescaped(std::string text) {
  const std::size_t at = text.find("\\u00e9");
  return at == text.npos ? text : text.replace(at, 6, "é");
}

TEST(AnthropicRoundTrip, AWholeAnswer) {
  const std::string body = sent_back(whole_message());
  EXPECT_NE(body.find("\"content\":[" + unescaped(joined_texts(blocks())) + "]"), std::string::npos) << body;
}

TEST(AnthropicRoundTrip, AStreamedAnswer) {
  const std::string body = sent_back(streamed());
  EXPECT_NE(body.find("\"content\":[" + unescaped(joined_texts(blocks())) + "]"), std::string::npos) << body;
}

TEST(AnthropicRoundTrip, StreamedAndWholeAreTheSame) {
  EXPECT_EQ(whole_message().message(), streamed().message());
  EXPECT_EQ(whole_message().usage(), streamed().usage());
  ASSERT_EQ(whole_message().tool_calls().size(), 2u);
  EXPECT_EQ(whole_message().tool_calls()[0].arguments(), R"({"z":1.0,"a":{"b":[]}})");
}

TEST(AnthropicRoundTrip, AMarkOnABlockThatGoesBackAsItCame) {
  Message answer(Role::assistant);
  const Response response = whole_message();
  for (const Part& part : response.message().parts()) {
    answer.add(part.name() == "mood" ? part.with(anthropic::cache_control("1h")) : part);
  }
  Messages messages = Messages().user("a").add(answer).tool_result("toolu_1", "x").tool_result("toolu_2", "y");
  const std::string body =
      encode(ModelConfig("claude-opus-4-6", providers::anthropic), messages, Options(), false).http.body;
  const std::string marked =
      unheard.substr(0, unheard.size() - 1) + R"(,"cache_control":{"type":"ephemeral","ttl":"1h"}})";
  EXPECT_NE(body.find(marked), std::string::npos) << body;
}

TEST(AnthropicRoundTrip, APausedTurnGoesOnAsItCame) {
  const std::string answer = R"({"id":"msg_1","content":[)" + search + R"(],"stop_reason":"pause_turn"})";
  const Result<Response> paused = decode(answer, DecodeOptions("anthropic"));
  ASSERT_TRUE(paused);
  const EncodedRequest request = encode(ModelConfig("claude-opus-5-5", providers::anthropic),
                                        Messages().user("a").add(paused->message()), Options().strict(), false);
  EXPECT_NE(request.http.body.find(R"({"role":"assistant","content":[)" + search + "]}]"), std::string::npos)
      << request.http.body;
}

TEST(AnthropicRoundTrip, ThoughtsWithoutASealStayHere) {
  const Result<Response> answer =
      decode(R"({"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"a"}],"stop_reason":"end_turn"})",
             DecodeOptions("anthropic"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->message().parts().size(), 2u);
  const std::string body = encode(ModelConfig("claude-opus-4-6", providers::anthropic),
                                  Messages().user("a").add(answer->message()).user("b"), Options(), false)
                               .http.body;
  EXPECT_EQ(body.find("thinking"), std::string::npos) << body;
}

// Trap 71: Anthropic takes letters, digits, `_` and `-`.
TEST(AnthropicRoundTrip, AnIdOfAnotherProviderIsReplacedForCallAndResult) {
  const auto sent = [](const std::string& id) {
    const Messages messages =
        Messages().user("a").add(Message(Role::assistant).add(Part::tool_call(id, "f", "{}"))).tool_result(id, "1");
    const ModelConfig config("claude-opus-4-6", providers::anthropic);
    const auto body = parse_json(encode(config, messages, Options().tools(Tool("f", "d")), false).http.body);
    const auto& turns = body.at("messages");
    const std::string called(turns.at(1).at("content").at(0).at("id").as_string());
    EXPECT_EQ(called, std::string(turns.at(2).at("content").at(0).at("tool_use_id").as_string())) << id;
    return called;
  };
  EXPECT_EQ(sent("toolu_01-a"), "toolu_01-a");
  for (const char* id : {"functions.f:0", "call|öl/1", "a b"}) {
    const std::string made = sent(id);
    EXPECT_FALSE(made.empty()) << id;
    EXPECT_EQ(made.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"), made.npos)
        << made;
  }
  EXPECT_NE(sent("a.1"), sent("a.2"));
}

TEST(AnthropicRoundTrip, AnotherProviderGetsTheWordsOnly) {
  Messages messages =
      Messages().user("a").add(whole_message().message()).tool_result("toolu_1", "x").tool_result("toolu_2", "y");
  const EncodedRequest request = encode(ModelConfig("gpt-4o", providers::openai), messages, Options(), false);
  EXPECT_EQ(request.http.body.find("c2ln"), std::string::npos);
  EXPECT_EQ(request.http.body.find("redacted"), std::string::npos);
  EXPECT_NE(request.http.body.find("blue"), std::string::npos);
  EXPECT_FALSE(request.warnings.empty());
}

}  // namespace
}  // namespace antiphon::tests
