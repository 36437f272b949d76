// Binary frames as answers, and what can be wrong with them (providers.md §6.16).

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nested.hpp"
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

// A length is four bytes of any kind: only the content type tells such an answer from a text (§6.16).
TEST(Frames, AFirstFrameWithAWrongLengthIsAFrame) {
  for (const std::string begin : {"\xff\xff\xff\xff", "    ", "\n\n\n\n", "\xEF\xBB\xBF ", "data", "[   ", "{\"a\""}) {
    const bool is_json = begin[0] == '[' || begin[0] == '{';
    const std::string bytes = begin + std::string(200, '\xff');
    const ReadAnswer whole = read_frames(bytes);
    ASSERT_FALSE(whole.result) << begin;
    EXPECT_EQ(whole.result.error().kind(), ErrorKind::protocol) << begin;
    EXPECT_EQ(whole.result.error().where(), is_json ? "body" : "frames/0/prelude") << begin << whole.as_json();
    RecordedAnswer answer;
    answer.protocol = "bedrock";
    answer.stream = true;
    answer.bytes = bytes;
    answer.headers.add("content-type", "application/vnd.amazon.eventstream; charset=utf-8");
    for (std::size_t cut = 1; cut < 8; ++cut) EXPECT_EQ(read_answer(answer, {cut}).as_json(), whole.as_json()) << begin;
  }
}

TEST(Frames, WithoutThatContentTypeATextIsOne) {
  RecordedAnswer answer;
  answer.protocol = "bedrock";
  answer.stream = true;
  answer.bytes = "\xff\xff\xff\xff oops";
  answer.headers.add("content-type", "text/html");
  const ReadAnswer read = read_answer(answer);
  ASSERT_FALSE(read.result);
  EXPECT_EQ(read.result.error().where(), "body");
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

// 1,000 levels are more than we hand out, and fewer than nobody can read: what holds them is named, the rest is read.
TEST(HostileBedrock, AThousandNestedObjectsAreNamed) {
  const std::string deep = nested(1000, "{\"a\":", "}");
  const auto read_whole = [](const std::string& blocks, const std::string& beside) {
    RecordedAnswer answer;
    answer.protocol = "bedrock";
    answer.bytes = R"({"output":{"message":{"role":"assistant","content":[{"text":"Hi"})" + blocks +
                   R"(]}},"stopReason":"end_turn")" + beside + "}";
    return read_answer(answer);
  };
  const auto expect_named = [](const ReadAnswer& read, const char* where) {
    ASSERT_TRUE(read.result) << where << read.as_json();
    EXPECT_EQ(read.result->content(), "Hi") << where;
    ASSERT_EQ(read.result->warnings().size(), 1U) << where << read.as_json();
    EXPECT_EQ(read.result->warnings()[0].where(), where);
  };
  expect_named(read_whole(R"(,{"odd":)" + deep + "}", ""), "content");
  expect_named(read_whole("", R"(,"odd":)" + deep), "odd");
  expect_named(read_whole("", R"(,"usage":{"odd":)" + deep + "}"), "usage.odd");
  expect_named(read_whole(R"(,{"toolUse":{"toolUseId":"a","name":"f","input":)" + deep + "}}", ""), "toolUse/input");
  expect_named(
      read_frames(text("Hi") + event("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"odd":)" + deep + "}}") +
                  ending()),
      "contentBlockDelta");
  expect_named(read_frames(text("Hi") + event("messageStop", R"({"stopReason":"end_turn","odd":)" + deep + "}") +
                           event("metadata", R"({"usage":{"inputTokens":1}})")),
               "odd");
  // Events that are not known may be anything.
  EXPECT_TRUE(read_frames(text("Hi") + event("odd", deep) + ending()).result);
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

/// In whatever order they come, once or twice: no call gets what is another's.
template <class Read>
void expect_each_to_its_own(const std::vector<std::string>& events, const Read& read) {
  const std::size_t count = events.size();
  for (std::size_t first = 0; first < count; ++first) {
    for (std::size_t step = 1; step < count; ++step) {
      std::string bytes;
      for (std::size_t number = 0; number < 2 * count; ++number) bytes += events[(first + number * step) % count];
      const ReadAnswer answer = read(bytes);
      ASSERT_NE(answer.response(), nullptr);
      for (const Part& call : answer.response()->tool_calls()) {
        const char others = call.name() == "fa" ? 'b' : 'a';
        EXPECT_EQ(call.arguments().find(others), std::string::npos)
            << call.name() << call.arguments() << " from " << first << " by " << step;
      }
    }
  }
}

TEST(HostileBedrock, APieceIsNeverGivenToAnotherCall) {
  const auto start = [](const std::string& index, const std::string& of) {
    return event("contentBlockStart", R"({"contentBlockIndex":)" + index + R"(,"start":{"toolUse":{"toolUseId":"t)" +
                                          of + R"(","name":"f)" + of + R"("}}})");
  };
  const auto input = [](const std::string& index, const std::string& of) {
    return event("contentBlockDelta",
                 R"({"contentBlockIndex":)" + index + R"(,"delta":{"toolUse":{"input":")" + of + R"("}}})");
  };
  const auto stop = [](const std::string& index) {
    return event("contentBlockStop", R"({"contentBlockIndex":)" + index + "}");
  };
  expect_each_to_its_own({start("0", "a"), input("0", "a"), start("1", "b"), input("1", "b"), stop("0"), text("x"),
                          input("1", "b"), stop("1")},
                         [](const std::string& bytes) { return read_frames(bytes + ending()); });
}

TEST(HostileCohere, APieceIsNeverGivenToAnotherCall) {
  const auto start = [](const std::string& index, const std::string& of) {
    return data_event(R"({"type":"tool-call-start","index":)" + index +
                      R"(,"delta":{"message":{"tool_calls":{"id":"t)" + of + R"(","function":{"name":"f)" + of +
                      R"(","arguments":""}}}}})");
  };
  const auto input = [](const std::string& index, const std::string& of) {
    return data_event(R"({"type":"tool-call-delta","index":)" + index +
                      R"(,"delta":{"message":{"tool_calls":{"function":{"arguments":")" + of + R"("}}}}})");
  };
  const auto stop = [](const std::string& index) {
    return data_event(R"({"type":"tool-call-end","index":)" + index + "}");
  };
  expect_each_to_its_own(
      {start("0", "a"), input("0", "a"), start("1", "b"), input("1", "b"), stop("0"), stop("1"), input("1", "b")},
      [](const std::string& bytes) {
        RecordedAnswer answer;
        answer.protocol = "cohere";
        answer.stream = true;
        answer.bytes = bytes + data_event(R"({"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}})");
        return read_answer(answer);
      });
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

TEST(HostileCohere, AThousandNestedObjectsAreNamed) {
  const std::string deep = nested(1000, "{\"a\":", "}");
  const auto read_whole = [](const std::string& message, const std::string& beside) {
    RecordedAnswer answer;
    answer.protocol = "cohere";
    answer.bytes = R"({"id":"c","finish_reason":"COMPLETE","message":{)" + message + "}" + beside + "}";
    return read_answer(answer);
  };
  const auto read_events = [](const std::string& event) {
    RecordedAnswer answer;
    answer.protocol = "cohere";
    answer.stream = true;
    answer.bytes = data_event(R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}})") +
                   data_event(event) + data_event(R"({"type":"message-end","delta":{"finish_reason":"COMPLETE"}})");
    return read_answer(answer);
  };
  const auto expect_named = [](const ReadAnswer& read, const char* where, const char* words) {
    ASSERT_TRUE(read.result) << where << read.as_json();
    EXPECT_EQ(read.result->content(), words) << where;
    ASSERT_EQ(read.result->warnings().size(), 1U) << where << read.as_json();
    EXPECT_EQ(read.result->warnings()[0].where(), where);
  };
  const std::string hi = R"("content":[{"type":"text","text":"Hi"}])";
  expect_named(read_whole(R"("content":)" + deep, ""), "content", "");
  expect_named(read_whole(R"("content":[)" + deep + R"(,{"type":"text","text":"Hi"}])", ""), "content", "Hi");
  expect_named(read_whole(R"("content":[{"type":"odd","x":)" + deep + R"(},{"type":"text","text":"Hi"}])", ""),
               "content", "Hi");
  expect_named(read_whole(hi + R"(,"odd":)" + deep, ""), "message.odd", "Hi");
  expect_named(read_whole(hi, R"(,"odd":)" + deep), "odd", "Hi");
  expect_named(read_whole(hi, R"(,"usage":{"odd":)" + deep + "}"), "usage.odd", "Hi");
  expect_named(read_whole(hi + R"(,"tool_calls":[{"id":"a","function":{"name":"f","arguments":)" + deep + "}}]", ""),
               "tool_calls", "Hi");
  expect_named(read_events(R"({"type":"content-start","index":1,"delta":{"message":{"content":)" + deep + "}}}"),
               "content", "Hi");
  // Events that are not known may be anything.
  EXPECT_TRUE(read_events(R"({"type":"odd","x":)" + deep + "}").result);
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
