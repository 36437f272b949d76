// What a hostile or broken sender can put into Anthropic's answers: an error or a tolerant reading (providers.md §0.4),
// in bounded time and memory.

#include <gtest/gtest.h>

#include <string>

#include "nested.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

ReadAnswer read_messages(std::string bytes, bool stream, int status = 200) {
  RecordedAnswer answer;
  answer.protocol = "anthropic";
  answer.bytes = std::move(bytes);
  answer.stream = stream;
  answer.status = status;
  return read_answer(answer);
}

const std::string start =
    data_event(R"({"type":"message_start","message":{"id":"msg_1","content":[],"usage":{"input_tokens":1}}})");
const std::string finish =
    data_event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}})") +
    data_event(R"({"type":"message_stop"})");

std::string block(const std::string& index, const std::string& content) {
  return data_event(R"({"type":"content_block_start","index":)" + index + R"(,"content_block":)" + content + "}");
}
std::string block_delta(const std::string& index, const std::string& change) {
  return data_event(R"({"type":"content_block_delta","index":)" + index + R"(,"delta":)" + change + "}");
}

TEST(AnthropicHostile, AnUnknownFieldMayBeAsDeepAsItLikes) {
  const std::string deep = nested(1000, "{\"a\":", "}");
  const ReadAnswer answer = read_messages(
      R"({"odd":)" + deep + R"(,"content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"})", false);
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), "Hi");
  ASSERT_EQ(answer.result->warnings().size(), 1u);
  EXPECT_EQ(answer.result->warnings()[0].where(), "odd");
}

TEST(AnthropicHostile, DepthIsAnErrorAndNoCrash) {
  for (const std::string& open : {std::string("{\"error\":"), std::string("["), std::string("{\"content\":"),
                                  std::string("{\"type\":\"content_block_start\",\"content_block\":")}) {
    const std::string close = open[0] == '[' ? "]" : "}";
    for (const std::size_t depth : {std::size_t{100}, std::size_t{1000}, std::size_t{100'000}}) {
      for (const int status : {200, 529}) {
        EXPECT_FALSE(read_messages(nested(depth, open, close), false, status).result);
        EXPECT_FALSE(read_messages(data_event(nested(depth, open, close)), true, status).result);
      }
    }
  }
}

TEST(AnthropicHostile, ABlockThatIsTooDeepIsNamed) {
  const std::string deep = R"({"type":"x","y":)" + nested(300, "[", "]") + "}";
  const ReadAnswer whole =
      read_messages(R"({"content":[{"type":"text","text":"Hi"},)" + deep + R"(],"stop_reason":"end_turn"})", false);
  ASSERT_TRUE(whole.result) << whole.as_json();
  EXPECT_EQ(whole.result->content(), "Hi");
  EXPECT_EQ(whole.result->warnings().size(), 1u);
  const ReadAnswer streamed = read_messages(start + block("0", deep) + finish, true);
  ASSERT_TRUE(streamed.result) << streamed.as_json();
  EXPECT_EQ(streamed.result->warnings().size(), 1u);
}

TEST(AnthropicHostile, ArgumentsThatAreTooDeepAreNamedAndKept) {
  const std::string input = nested(300, "{\"a\":", "}");
  const std::string call = R"({"type":"tool_use","id":"a","name":"f","input":)" + input + "}";
  const ReadAnswer whole = read_messages(R"({"content":[)" + call + R"(],"stop_reason":"tool_use"})", false);
  ASSERT_TRUE(whole.result) << whole.as_json();
  EXPECT_FALSE(whole.result->warnings().empty());
  EXPECT_EQ(whole.result->tool_calls().at(0).arguments(), input);
  const ReadAnswer streamed = read_messages(start + block("0", call) + finish, true);
  ASSERT_TRUE(streamed.result) << streamed.as_json();
  EXPECT_FALSE(streamed.result->warnings().empty());
  EXPECT_EQ(streamed.result->tool_calls().at(0).arguments(), input);
}

TEST(AnthropicHostile, ABlockThatGoesBackIsNeverTooDeepForThat) {
  for (const std::size_t depth : {std::size_t{253}, std::size_t{254}, std::size_t{255}, std::size_t{256}}) {
    std::string input = nested(depth, "{\\\"a\\\":", "}");
    const ReadAnswer answer =
        read_messages(start + block("0", R"({"type":"server_tool_use","id":"s","name":"n","input":{}})") +
                          block_delta("0", R"({"type":"input_json_delta","partial_json":")" + input + "\"}") + finish,
                      true);
    ASSERT_TRUE(answer.result) << answer.as_json();
    const Messages messages = Messages().user("a").add(answer.result->message()).user("b");
    EXPECT_NO_THROW(encode(ModelConfig("claude-opus-5-5", providers::anthropic), messages, Options(), false)) << depth;
  }
}

TEST(AnthropicHostile, BlocksWithoutAnEndTakeBoundedMemoryAndTime) {
  for (const char* content :
       {R"({"type":"tool_use","input":{}})", R"({"type":"text","text":""})", R"({"type":"x"})", "null"}) {
    std::string bytes = start;
    for (int number = 0; number < 20'000; ++number) bytes += block(std::to_string(number), content);
    const ReadAnswer answer = read_messages(bytes + finish, true);
    // Each takes memory beside its text: the limit of one mebibyte is reached.
    ASSERT_FALSE(answer.result) << content;
    EXPECT_EQ(answer.result.error().kind(), ErrorKind::response_too_large) << content;
  }
}

TEST(AnthropicHostile, WhatABlockKeepsIsBounded) {
  const std::string piece(10'000, 'x');
  for (const char* change :
       {R"({"type":"input_json_delta","partial_json":")", R"({"type":"compaction_delta","content":")"}) {
    std::string bytes = start + block("0", R"({"type":"compaction","content":null})");
    for (int number = 0; number < 200; ++number) bytes += block_delta("0", change + piece + "\"}");
    const ReadAnswer answer = read_messages(bytes + finish, true);
    ASSERT_FALSE(answer.result) << change;
    EXPECT_EQ(answer.result.error().kind(), ErrorKind::response_too_large) << change;
  }
  std::string bytes = start;
  for (int number = 0; number < 200; ++number) bytes += data_event(R"({"type":"news","text":")" + piece + "\"}");
  EXPECT_FALSE(read_messages(bytes + finish, true).result);
}

TEST(AnthropicHostile, ABigEventIsRead) {
  const std::string big(500'000, 'x');
  const ReadAnswer answer =
      read_messages(start + block_delta("0", R"({"type":"text_delta","text":")" + big + "\"}") + finish, true);
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content().size(), big.size());
  const std::string too_big(2'000'000, 'x');
  const ReadAnswer refused =
      read_messages(start + block_delta("0", R"({"type":"text_delta","text":")" + too_big + "\"}") + finish, true);
  ASSERT_FALSE(refused.result);
  EXPECT_EQ(refused.result.error().kind(), ErrorKind::response_too_large);
}

TEST(AnthropicHostile, IndicesTakeNoMemory) {
  std::string bytes = start;
  for (const char* index : {"-1", "128", "4294967296", "9223372036854775807", "1e300", "123456789012345678901234567890",
                            "0.5", "\"7\"", "[0]", "{}", "null"}) {
    bytes += block(index, R"({"type":"text","text":""})") + block_delta(index, R"({"type":"text_delta","text":"x"})") +
             data_event(std::string(R"({"type":"content_block_stop","index":)") + index + "}");
  }
  const ReadAnswer answer = read_messages(bytes + finish, true);
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), "xxxxxxxxxxx");
}

TEST(AnthropicHostile, EveryFieldMayBeOfAnotherType) {
  const char* const events[] = {
      R"({"type":"message_start","message":$})",
      R"({"type":"message_start","message":{"id":$,"model":$,"content":$,"usage":$,"stop_reason":$}})",
      R"({"type":"message_start","message":{"usage":{"input_tokens":$,"output_tokens":$,"output_tokens_details":$}}})",
      R"({"type":"content_block_start","index":$,"content_block":$})",
      R"({"type":"content_block_start","index":0,"content_block":{"type":$,"text":$}})",
      R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":$,"citations":$}})",
      R"({"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":$,"name":$,"input":$}})",
      R"({"type":"content_block_start","index":2,"content_block":{"type":"thinking","thinking":$,"signature":$}})",
      R"({"type":"content_block_delta","index":$,"delta":$})",
      R"({"type":"content_block_delta","index":1,"delta":{"type":$}})",
      R"({"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":$}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":$}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":$}})",
      R"({"type":"content_block_delta","index":2,"delta":{"type":"signature_delta","signature":$}})",
      R"({"type":"content_block_stop","index":$})",
      R"({"type":"message_delta","delta":$,"usage":$})",
      R"({"type":"message_delta","delta":{"stop_reason":$,"stop_details":$}})",
      R"({"type":$,"message":{}})",
  };
  for (const char* value : {"null", "true", "-1", "1e400", "\"\"", "\"x\"", "[]", "[null]", "{}", R"({"type":null})"}) {
    std::string bytes;
    for (std::string json : events) {
      for (std::size_t at; (at = json.find('$')) != json.npos;) json.replace(at, 1, value);
      bytes += data_event(json);
    }
    const ReadAnswer answer = read_messages(bytes + finish, true);
    if (!answer.result) {
      EXPECT_NE(answer.result.error().kind(), ErrorKind::internal) << value;
    }
    for (std::string json :
         {std::string(R"({"content":$,"stop_reason":$,"usage":$})"),
          std::string(R"({"content":[$,{"type":$,"text":$},{"type":"tool_use","id":$,"input":$}]})")}) {
      for (std::size_t at; (at = json.find('$')) != json.npos;) json.replace(at, 1, value);
      const ReadAnswer whole = read_messages(json, false);
      if (!whole.result) {
        EXPECT_NE(whole.result.error().kind(), ErrorKind::internal) << json;
      }
    }
  }
}

TEST(AnthropicHostile, EventsInAnyOrderDoNoHarm) {
  const std::string events[] = {start,
                                block("0", R"({"type":"text","text":""})"),
                                block_delta("0", R"({"type":"text_delta","text":"x"})"),
                                block("1", R"({"type":"tool_use","id":"a","name":"f","input":{}})"),
                                block_delta("1", R"({"type":"input_json_delta","partial_json":"{}"})"),
                                data_event(R"({"type":"content_block_stop","index":1})"),
                                data_event(R"({"type":"message_delta","delta":{"stop_reason":"tool_use"}})")};
  constexpr std::size_t count = std::size(events);
  for (std::size_t first = 0; first < count; ++first) {
    for (std::size_t step = 1; step < count; ++step) {
      std::string bytes;
      for (std::size_t number = 0; number < 2 * count; ++number) bytes += events[(first + number * step) % count];
      const ReadAnswer answer = read_messages(bytes, true);
      if (!answer.result) {
        EXPECT_EQ(answer.result.error().kind(), ErrorKind::truncated);
      }
    }
  }
}

TEST(AnthropicHostile, AWordOfItsOwnForEveryPieceStaysBounded) {
  std::string bytes = start + block("0", R"({"type":"text","text":""})");
  for (int number = 0; number < 3000; ++number) {
    bytes += block_delta("0", R"({"type":"kind)" + std::to_string(number) + R"("})");
  }
  const ReadAnswer answer = read_messages(bytes + finish, true);
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_LE(answer.result->warnings().size(), 100u);
}

TEST(AnthropicHostile, BytesThatAreNotUtf8AreMendedAndTold) {
  const ReadAnswer answer =
      read_messages(start + block_delta("0", "{\"type\":\"text_delta\",\"text\":\"a\xff\"}") + finish, true);
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), "a\xef\xbf\xbd");
  EXPECT_EQ(answer.result->warnings().size(), 1u);
}

}  // namespace
}  // namespace antiphon::tests
