#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>

#include "nested.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

ReadAnswer read_protocol(const std::string& protocol, std::string body, int status = 200) {
  RecordedAnswer answer;
  answer.protocol = protocol;
  answer.bytes = std::move(body);
  answer.status = status;
  return read_answer(answer);
}

TEST(HostileInput, AnUnknownFieldMayBeAsDeepAsItLikes) {
  const std::string deep = nested(1000, "{\"a\":", "}");
  const ReadAnswer read = read_protocol(
      "openai-chat", R"({"odd":)" + deep + R"(,"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]})");
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_EQ(read.result->content(), "Hi");
  ASSERT_EQ(read.result->warnings().size(), 1u);
  EXPECT_EQ(read.result->warnings()[0].where(), "odd");
}

TEST(HostileInput, DepthIsAnErrorAndNoCrash) {
  for (const std::string& open : {std::string("{\"error\":"), std::string("["), std::string("{\"message\":")}) {
    const std::string close = open[0] == '[' ? "]" : "}";
    for (const std::size_t depth : {std::size_t{100}, std::size_t{1000}, std::size_t{100'000}}) {
      for (const char* protocol : {"openai-chat", "ollama"}) {
        for (const int status : {200, 500})
          EXPECT_FALSE(read_protocol(protocol, nested(depth, open, close), status).result);
      }
    }
  }
}

TEST(HostileInput, DeepPartsAndArguments) {
  const std::string deep = nested(2000, "[", "]");
  const ReadAnswer read = read_protocol(
      "openai-chat", R"({"choices":[{"message":{"content":[{"type":"text","text":"Hi"},{"type":"x","y":)" +
                         nested(300, "[", "]") + R"(}],"tool_calls":[{"id":"a","function":{"name":"f","arguments":)" +
                         nested(300, "[", "]") + R"(}}]},"finish_reason":"stop"}]})");
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_EQ(read.result->content(), "Hi");
  EXPECT_FALSE(read.result->warnings().empty());
  EXPECT_FALSE(read_protocol("openai-chat", R"({"choices":[{"message":{"content":)" + deep + "}}]}").result);
}

RecordedAnswer many_tool_calls(int count) {
  RecordedAnswer answer;
  answer.protocol = "openai-chat";
  answer.stream = true;
  answer.most_bytes = std::size_t{64} << 20;
  for (int number = 0; number < count; ++number) {
    answer.bytes += R"(data: {"choices":[{"delta":{"tool_calls":[{"index":)" + std::to_string(number) +
                    R"(,"id":"call_)" + std::to_string(number) + R"(","function":{"name":"f","arguments":"{}"}}]}}]})" +
                    "\n\n";
  }
  answer.bytes += "data: [DONE]\n\n";
  return answer;
}

TEST(HostileInput, EachToolCallTakesMemoryBesideItsText) {
  RecordedAnswer answer = many_tool_calls(4000);
  EXPECT_LT(answer.bytes.size(), std::size_t{1} << 20);
  answer.most_bytes = std::size_t{1} << 20;
  const ReadAnswer read = read_answer(answer);
  ASSERT_FALSE(read.result);
  EXPECT_EQ(read.result.error().kind(), ErrorKind::response_too_large);
}

/// What this thread computed for it, the best of three: what else runs on the machine does not count.
double work_of(const RecordedAnswer& answer, std::size_t calls) {
  double least = 1e9;
  for (int round = 0; round < 3; ++round) {
    const std::clock_t begin = std::clock();
    const ReadAnswer read = read_answer(answer);
    const double work = static_cast<double>(std::clock() - begin);
    EXPECT_EQ(read.result ? read.result->tool_calls().size() : 0U, calls) << (read.result ? "" : read.as_json());
    least = std::min(least, work);
  }
  return least;
}

// Sixteen times as many calls are about sixteen times the work; if each was looked for among all, 256 times.
TEST(HostileInput, VeryManyToolCallsAreReadInTime) {
  const double few = work_of(many_tool_calls(1000), 1000);
  const double many = work_of(many_tool_calls(16'000), 16'000);
  EXPECT_LT(many, 64 * std::max(few, 1000.0));
}

TEST(HostileInput, VeryManyKindsOfEverything) {
  std::string fields;
  for (int number = 0; number < 5000; ++number) fields += "\"k" + std::to_string(number) + "\":[1],";
  const ReadAnswer read = read_protocol(
      "openai-chat", "{" + fields + R"("choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]})");
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_LE(read.result->provider_metadata().size(), 64u);
  EXPECT_EQ(read.result->warnings().size(), 1u);
}

TEST(HostileInput, IndicesTakeNoMemory) {
  std::string bytes;
  for (const char* index : {"-1", "128", "4294967296", "9223372036854775807", "1e300", "123456789012345678901234567890",
                            "0.5", "\"7\"", "[0]", "{}"}) {
    bytes += std::string(R"(data: {"choices":[{"index":)") + index +
             R"(,"delta":{"content":"x","tool_calls":[{"index":)" + index +
             R"(,"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]})" + "\n\n";
  }
  RecordedAnswer answer;
  answer.protocol = "openai-chat";
  answer.stream = true;
  answer.bytes = bytes;
  const ReadAnswer read = read_answer(answer);
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_LE(read.result->choices().size(), 8u);
}

// A body that breaks off is no JSON, whatever is missing in it by then.
TEST(HostileInput, ABodyThatBreaksOffIsNoJson) {
  for (const std::string& protocol : codec::codec_names()) {
    for (const std::string& body : {std::string("{"), std::string("["), std::string(R"({"id":"x")"),
                                    std::string(R"({"id":"x","odd":[1,)"), std::string(200'000, '[')}) {
      const ReadAnswer read = read_protocol(protocol, body);
      ASSERT_FALSE(read.result) << protocol;
      EXPECT_EQ(read.result.error().kind(), ErrorKind::protocol) << protocol << ": " << body.substr(0, 30);
      EXPECT_TRUE(read.result.error().message().starts_with("the answer is not JSON: byte "))
          << protocol << ": " << body.substr(0, 30) << ": " << read.result.error().message();
    }
  }
}

TEST(HostileInput, NumbersThatNothingHolds) {
  const ReadAnswer read = read_protocol("openai-chat",
                                        R"({"created":1e400,"id":123456789012345678901234567890,"choices":[{"index":0.0,
      "message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9223372036854775807,
      "completion_tokens":9223372036854775807,"total_tokens":-9223372036854775808,
      "completion_tokens_details":{"reasoning_tokens":9223372036854775807}}})");
  ASSERT_TRUE(read.result) << read.as_json();
  EXPECT_FALSE(read.result->usage().known());
}

}  // namespace
}  // namespace antiphon::tests
