// Responses that nobody should send: a typed error or a tolerant reading, in bounded memory, time and depth.

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "nested.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

constexpr std::size_t limit = std::size_t{1} << 20;  // what read_answer allows

RecordedAnswer recorded_response(std::string bytes, bool stream) {
  RecordedAnswer answer;
  answer.protocol = "openai-responses";
  answer.bytes = std::move(bytes);
  answer.stream = stream;
  return answer;
}

ReadAnswer read_response(std::string body) { return read_answer(recorded_response(std::move(body), false)); }
ReadAnswer read_stream(std::string bytes) { return read_answer(recorded_response(std::move(bytes), true)); }

std::string response_event(const std::string& fields) { return "data: {" + fields + "}\n\n"; }
std::string text_delta(const std::string& index, const std::string& text) {
  return response_event(R"("type":"response.output_text.delta","output_index":)" + index + R"(,"delta":")" + text +
                        "\"");
}
const std::string completed = response_event(R"("type":"response.completed","response":{"status":"completed"})");

TEST(HostileResponses, DeepItemsAreReadAndDoNotGoBack) {
  const ReadAnswer read =
      read_response(R"({"status":"completed","output":[{"type":"message","odd":)" + nested(1000, "[", "]") +
                    R"(,"content":[{"type":"output_text","text":"Hi"}]}]})");
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_EQ(read.result->content(), "Hi");
  EXPECT_EQ(read.result->message().parts()[0].raw(), "");
  ASSERT_EQ(read.result->warnings().size(), 1U);
  EXPECT_EQ(read.result->warnings()[0].where(), "output");
}

TEST(HostileResponses, DepthIsAnErrorAndNoCrash) {
  for (const char* open : {R"({"output":)", R"({"response":)", R"({"error":)", R"({"item":)", "["}) {
    const std::string close = open[0] == '[' ? "]" : "}";
    for (const std::size_t depth : {std::size_t{1000}, std::size_t{100'000}}) {
      EXPECT_FALSE(read_response(nested(depth, open, close)).result) << open;
      EXPECT_FALSE(read_stream("data: " + nested(depth, open, close) + "\n\n").result) << open;
    }
  }
}

TEST(HostileResponses, FieldsOfTheWrongTypeAreAsGoodAsAbsent) {
  for (const char* odd : {"null", "true", "7", "-1e400", "\"x\"", "[]", "[null,[1]]", "{}", R"({"type":{"a":[]}})"}) {
    const std::string value(odd);
    std::string bytes;
    for (const char* type :
         {"response.created", "response.output_item.added", "response.output_item.done", "response.output_text.delta",
          "response.refusal.delta", "response.reasoning_text.delta", "response.function_call_arguments.delta",
          "response.audio.delta", "response.output_text.annotation.added", "response.in_progress", "response.queued"}) {
      for (const char* name :
           {"item", "response", "delta", "output_index", "content_index", "logprobs", "annotation"}) {
        bytes += response_event(R"("type":")" + std::string(type) + R"(",")" + name + "\":" + value);
      }
    }
    const ReadAnswer read = read_stream(bytes + completed);
    EXPECT_TRUE(read.result) << value << ": " << read.as_json();
    for (const char* name : {"output", "status", "usage", "error", "incomplete_details", "id", "model"}) {
      const std::string hi = R"({"type":"message","content":[{"type":"output_text","text":"Hi"}]})";
      const ReadAnswer beside = read_response("{\"" + std::string(name) + "\":" + value + R"(,"output":[)" + hi + "]}");
      ASSERT_TRUE(beside.result) << name << " " << value << ": " << beside.as_json();
      EXPECT_EQ(beside.result->content(), "Hi") << name << " " << value;
      const ReadAnswer twice =
          read_response(R"({"status":"completed","output":[],")" + std::string(name) + "\":" + value + "}");
      ASSERT_TRUE(twice.result) << name << " " << value << ": " << twice.as_json();
      EXPECT_EQ(twice.result->content(), "") << name << " " << value;
    }
    const ReadAnswer inside =
        read_response(R"({"output":[{"type":"message","content":[{"text":)" + value + R"(,"annotations":)" + value +
                      R"(,"logprobs":)" + value + R"(}]},{"type":"reasoning","summary":)" + value +
                      R"(},{"type":"function_call","arguments":)" + value + R"(,"name":)" + value + R"(,"call_id":)" +
                      value + "}," + value + R"(],"usage":{"input_tokens":)" + value + "}}");
    ASSERT_TRUE(inside.result) << value << ": " << inside.as_json();
    const bool is_text = value == "\"x\"";
    EXPECT_EQ(inside.result->content(), is_text ? "x" : "") << value;
    EXPECT_EQ(inside.result->tool_calls().size(), is_text ? 1U : 0U) << value << ": " << inside.as_json();
  }
}

TEST(HostileResponses, VeryManyItemsAreReadInTime) {
  std::string bytes;
  for (int number = 0; number < 200'000; ++number) bytes += text_delta(std::to_string(number), "");
  const auto start = std::chrono::steady_clock::now();
  const ReadAnswer read = read_stream(bytes + completed);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  // Each item takes memory beside its text: the limit is reached.
  ASSERT_FALSE(read.result);
  EXPECT_EQ(read.result.error().kind(), ErrorKind::response_too_large);
}

TEST(HostileResponses, WhatIsKeptOfAStreamIsBounded) {
  const std::string piece(1000, 'a');
  for (const char* type : {"output_text", "refusal", "reasoning_text", "function_call_arguments"}) {
    std::string bytes;
    for (std::size_t sent = 0; sent < 3 * limit; sent += piece.size()) {
      bytes += response_event(R"("type":"response.)" + std::string(type) + R"(.delta","output_index":0,"delta":")" +
                              piece + "\"");
    }
    const ReadAnswer read = read_stream(bytes + completed);
    ASSERT_FALSE(read.result) << type;
    EXPECT_EQ(read.result.error().kind(), ErrorKind::response_too_large) << type;
  }
}

TEST(HostileResponses, OneEventThatIsTooLarge) {
  const ReadAnswer read = read_stream(text_delta("0", std::string(2 * limit, 'a')) + completed);
  ASSERT_FALSE(read.result);
  EXPECT_EQ(read.result.error().kind(), ErrorKind::response_too_large);
}

TEST(HostileResponses, ItemsBehindTheirEndChangeNothing) {
  const std::string item =
      R"({"type":"message","content":[{"type":"output_text","text":"Hi","annotations":[{"url":"u"}]}]})";
  const std::string done = response_event(R"("type":"response.output_item.done","output_index":0,"item":)" + item);
  const std::string last =
      response_event(R"("type":"response.completed","response":{"status":"completed","output":[)" + item + "]}");
  const ReadAnswer read = read_stream(done + text_delta("0", "more") + done + done + last);
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_EQ(read.result->content(), "Hi");
  EXPECT_EQ(read.result->message().parts().size(), 1U);
  EXPECT_EQ(read.result->message().parts()[0].citations().size(), 1U);
}

TEST(HostileResponses, AnyOrderOfEventsIsRead) {
  const std::string message = R"({"type":"message","content":[{"type":"output_text","text":"Hello"}]})";
  const std::string call = R"({"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":1}"})";
  std::vector<std::string> events = {
      response_event(R"("type":"response.created","response":{"id":"r","status":"in_progress"})"),
      response_event(R"("type":"response.output_item.added","output_index":0,"item":{"type":"message","content":[]})"),
      text_delta("0", "Hel"),
      text_delta("0", "lo"),
      response_event(R"("type":"response.output_item.done","output_index":0,"item":)" + message),
      response_event(
          R"("type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"c","name":"f"})"),
      response_event(R"("type":"response.function_call_arguments.delta","output_index":1,"delta":"{\"a\"")"),
      response_event(R"("type":"response.function_call_arguments.delta","output_index":1,"delta":":1}")"),
      response_event(R"("type":"response.output_item.done","output_index":1,"item":)" + call),
  };
  const std::string last = response_event(R"("type":"response.completed","response":{"status":"completed","output":[)" +
                                          message + "," + call + "]}");
  std::mt19937 random(1);  // NOLINT: the same orders each time
  for (int round = 0; round < 300; ++round) {
    std::shuffle(events.begin(), events.end(), random);
    std::string bytes;
    for (const std::string& each : events) bytes += each;
    const ReadAnswer read = read_stream(bytes + last);
    ASSERT_TRUE(read.result) << bytes << read.as_json();
    // The complete items are the truth, whatever came when.
    EXPECT_EQ(read.result->content(), "Hello") << bytes;
    ASSERT_EQ(read.result->tool_calls().size(), 1U) << bytes;
    EXPECT_EQ(read.result->tool_calls()[0].arguments(), R"({"a":1})") << bytes;
  }
}

TEST(HostileResponses, BytesThatAreNotUtf8) {
  const ReadAnswer read = read_stream(text_delta("0", "a\xff") + completed);
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_EQ(read.result->content(), "a\xEF\xBF\xBD");
  ASSERT_EQ(read.result->warnings().size(), 1U);
  EXPECT_EQ(read.result->warnings()[0].where(), "encoding");
}

}  // namespace
}  // namespace antiphon::tests
