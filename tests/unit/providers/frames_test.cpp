// Binary frames as answers, and what can be wrong with them (providers.md §6.16).

#include <gtest/gtest.h>

#include <string>

#include "recorded_answer.hpp"
#include "unit/wire/aws_frames.hpp"

namespace antiphon::tests {
namespace {

using test::frame;
using test::frame_prelude;
using test::text_header;

std::string event(const std::string& type, const std::string& payload) {
  return frame(text_header(":event-type", type) + text_header(":message-type", "event"), payload);
}
std::string text(const std::string& words) {
  return event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":")" + words + R"("}})");
}
std::string ending() {
  return event("messageStop", R"({"stopReason":"end_turn"})") +
         event("metadata", R"({"usage":{"inputTokens":1,"outputTokens":1}})");
}

ReadAnswer read_frames(std::string bytes, const char* protocol = "bedrock", std::optional<Error> lost = std::nullopt) {
  RecordedAnswer answer;
  answer.protocol = protocol;
  answer.stream = true;
  answer.bytes = std::move(bytes);
  answer.headers.add("content-type", "application/vnd.amazon.eventstream");
  return read_answer(answer, {}, std::move(lost));
}

void expect_frame_error(const ReadAnswer& read, ErrorKind kind, const std::string& where) {
  ASSERT_FALSE(read.result);
  EXPECT_EQ(read.result.error().kind(), kind) << read.as_json();
  EXPECT_EQ(read.result.error().where(), where) << read.as_json();
  ASSERT_TRUE(read.result.error().partial());
  EXPECT_EQ(read.result.error().partial()->content(), "Ha");
}

TEST(Frames, AWrongSumEndsTheAnswerWithWhatHadCome) {
  std::string broken = text("llo");
  broken.back() = static_cast<char>(broken.back() ^ 1);
  expect_frame_error(read_frames(text("Ha") + broken + ending()), ErrorKind::protocol, "frames/1/checksum");
}

TEST(Frames, AWrongSumOfThePreludeToo) {
  std::string broken = text("llo");
  broken[9] = static_cast<char>(broken[9] ^ 1);
  const ReadAnswer answer = read_frames(text("Ha") + broken + ending());
  ASSERT_FALSE(answer.result);
  EXPECT_EQ(answer.result.error().kind(), ErrorKind::protocol);
  EXPECT_EQ(answer.result.error().where(), "frames/1/prelude");
}

TEST(Frames, ALengthThatIsTooLargeIsNotWaitedFor) {
  const ReadAnswer answer = read_frames(text("Ha") + frame_prelude(0x10000000, 0) + std::string(100, 'x'));
  ASSERT_FALSE(answer.result);
  EXPECT_EQ(answer.result.error().kind(), ErrorKind::response_too_large);
}

TEST(Frames, LengthsThatDoNotFit) {
  for (const auto& [total, headers] : {std::pair(10U, 0U), std::pair(100U, 200U), std::pair(16U, 1U)}) {
    const ReadAnswer answer = read_frames(text("Ha") + frame_prelude(total, headers) + std::string(300, 'x'));
    ASSERT_FALSE(answer.result);
    EXPECT_EQ(answer.result.error().kind(), ErrorKind::protocol) << total;
  }
}

TEST(Frames, AFrameThatIsCutIsNoSuccess) {
  const std::string whole = text("Ha") + ending();
  const ReadAnswer cut = read_frames(whole.substr(0, whole.size() - 1));
  ASSERT_FALSE(cut.result);
  EXPECT_EQ(cut.result.error().kind(), ErrorKind::truncated);
}

TEST(Frames, ALostConnectionBehindTheStopIsAWarning) {
  const ReadAnswer answer = read_frames(text("Ha") + event("messageStop", R"({"stopReason":"end_turn"})"), "bedrock",
                                        Error(ErrorKind::connection, "reset"));
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), "Ha");
  EXPECT_FALSE(answer.result->warnings().empty());
}

TEST(Frames, WithoutAMessageTypeItIsAnEvent) {
  const ReadAnswer answer = read_frames(
      frame(text_header(":event-type", "contentBlockDelta"), R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})") +
      ending());
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), "Hi");
}

TEST(Frames, ATypeThatLiesIsFoundOutByTheFirstByte) {
  RecordedAnswer answer;
  answer.protocol = "bedrock";
  answer.stream = true;
  answer.bytes = text("Hi") + ending();
  answer.headers.add("content-type", "application/json");
  EXPECT_TRUE(read_answer(answer).result);
  answer.stream = false;
  EXPECT_TRUE(read_answer(answer).result);
}

TEST(Frames, ManyInOnePieceAndEmptyOnes) {
  std::string bytes;
  for (int number = 0; number < 1000; ++number) bytes += text("x") + frame("", "");
  const ReadAnswer answer = read_frames(bytes + ending());
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), std::string(1000, 'x'));
}

std::string nested_in_frame(std::size_t depth) { return std::string(depth, '[') + "1" + std::string(depth, ']'); }

TEST(HostileBedrock, DepthNowhereCrashes) {
  for (const std::size_t depth : {std::size_t{300}, std::size_t{100'000}}) {
    for (const char* name : {"contentBlockDelta", "contentBlockStart", "messageStop", "metadata", "chunk", "odd"}) {
      for (const std::string& payload :
           {nested_in_frame(depth), R"({"delta":)" + nested_in_frame(depth) + "}",
            R"({"usage":)" + nested_in_frame(depth) + "}", R"({"bytes":)" + nested_in_frame(depth) + "}"}) {
        for (const char* protocol : {"bedrock", "bedrock-anthropic"}) {
          const ReadAnswer answer = read_frames(event(name, payload) + ending(), protocol);
          if (!answer.result) {
            EXPECT_NE(answer.result.error().kind(), ErrorKind::internal);
          }
        }
      }
    }
  }
}

TEST(HostileBedrock, IndicesTakeNoMemory) {
  std::string bytes;
  for (const char* index : {"-1", "4294967296", "9223372036854775807", "1e300", "123456789012345678901234567890", "0.5",
                            "\"7\"", "[0]", "{}", "null"}) {
    bytes += event("contentBlockStart", std::string(R"({"contentBlockIndex":)") + index +
                                            R"(,"start":{"toolUse":{"toolUseId":"a","name":"f"}}})");
    bytes += event("contentBlockDelta", std::string(R"({"contentBlockIndex":)") + index + R"(,"delta":{"text":"x"}})");
  }
  const ReadAnswer answer = read_frames(bytes + ending());
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_LE(answer.result->message().parts().size(), 21U);
}

TEST(HostileBedrock, MoreThanIsAllowedIsAnError) {
  std::string bytes;
  for (int number = 0; number < 100; ++number) bytes += text(std::string(20'000, 'x'));
  const ReadAnswer answer = read_frames(bytes + ending());
  ASSERT_FALSE(answer.result);
  EXPECT_EQ(answer.result.error().kind(), ErrorKind::response_too_large);
}

TEST(HostileBedrock, NumbersThatNothingHolds) {
  const ReadAnswer answer =
      read_frames(text("Hi") + event("messageStop", R"({"stopReason":"end_turn"})") +
                  event("metadata", R"({"usage":{"inputTokens":9223372036854775807,"outputTokens":-1,
      "cacheReadInputTokens":1e400,"cacheWriteInputTokens":"x"},"metrics":{"latencyMs":1e400}})"));
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_FALSE(answer.result->usage().known());
}

TEST(HostileBedrock, EventsInTheWrongOrderAndTwice) {
  const std::string stop = event("contentBlockStop", R"({"contentBlockIndex":0})");
  const std::string input = event("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"toolUse":{"input":"{}"}}})");
  const ReadAnswer answer =
      read_frames(stop + stop + input + text("a") + input + event("messageStart", "{}") + text("b") + stop + ending());
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), "b");
}

TEST(HostileCohere, DepthNowhereCrashes) {
  for (const std::size_t depth : {std::size_t{300}, std::size_t{100'000}}) {
    for (const std::string& field :
         {std::string("delta"), std::string("message"), std::string("usage"), std::string("type")}) {
      RecordedAnswer answer;
      answer.protocol = "cohere";
      answer.bytes = "{\"" + field + "\":" + nested_in_frame(depth) + "}";
      for (const bool stream : {false, true}) {
        answer.stream = stream;
        if (stream) answer.bytes = "data: " + answer.bytes + "\n\n";
        const ReadAnswer read = read_answer(answer);
        ASSERT_FALSE(read.result);
        EXPECT_NE(read.result.error().kind(), ErrorKind::internal);
      }
    }
  }
}

TEST(HostileCohere, IndicesTakeNoMemory) {
  RecordedAnswer answer;
  answer.protocol = "cohere";
  answer.stream = true;
  for (const char* index : {"-1", "4294967296", "9223372036854775807", "1e300", "0.5", "\"7\"", "[0]", "null"}) {
    answer.bytes += std::string(R"(data: {"type":"tool-call-start","index":)") + index +
                    R"(,"delta":{"message":{"tool_calls":{"id":"a","function":{"name":"f","arguments":"{}"}}}}})" +
                    "\n\n";
  }
  answer.bytes += "data: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"TOOL_CALL\"}}\n\n";
  const ReadAnswer read = read_answer(answer);
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_LE(read.result->tool_calls().size(), 8U);
}

}  // namespace
}  // namespace antiphon::tests
