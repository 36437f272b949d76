// What a broken or hostile server sends in Gemini's protocol: a tolerant reading or a typed error, in bounded memory
// and time.

#include <gtest/gtest.h>

#include <string>

#include "nested.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

ReadAnswer read_gemini(std::string bytes, bool stream = false) {
  RecordedAnswer answer;
  answer.protocol = "gemini";
  answer.bytes = std::move(bytes);
  answer.stream = stream;
  return read_answer(answer);
}

std::string whole_gemini(const std::string& parts, const std::string& beside = "") {
  return R"({"candidates":[{"content":{"parts":[)" + parts + R"(]},"finishReason":"STOP")" + beside + "}]}";
}

TEST(GeminiHostile, NullsEverywhere) {
  const ReadAnswer answer = read_gemini(
      R"({"candidates":[null,{"content":null,"finishReason":null,"index":null},{"content":{"parts":null,"role":null},
      "index":0,"safetyRatings":null,"groundingMetadata":null,"citationMetadata":null,"logprobsResult":null},
      {"index":0,"content":{"parts":[null,{"text":null},{"functionCall":null},{"inlineData":null},
      {"functionCall":{"name":null,"args":null,"id":null}},{"text":"Hi","thought":null,"thoughtSignature":null}]},"finishReason":"STOP"}],
      "promptFeedback":null,"usageMetadata":null,"modelVersion":null,"responseId":null,"error":null})");
  ASSERT_NE(answer.response(), nullptr) << answer.as_json();
  EXPECT_EQ(answer.response()->choices()[0].message().content(), "Hi");
}

TEST(GeminiHostile, WrongTypesEverywhere) {
  for (const char* wrong : {"1", "\"x\"", "true", "[]", "{}", "[[1]]", "{\"a\":{}}", "-1e400"}) {
    for (const char* field :
         {"candidates", "usageMetadata", "promptFeedback", "modelVersion", "responseId", "createTime"}) {
      const ReadAnswer answer =
          read_gemini(std::string("{\"") + field + "\":" + wrong + R"(,"candidates":[{"content":{"parts":[)" +
                      R"({"text":"Hi"}]},"finishReason":"STOP"}]})");
      ASSERT_TRUE(answer.result) << field << " " << wrong << " " << answer.as_json();
      EXPECT_EQ(answer.result->content(), "Hi");
    }
    for (const char* field : {"groundingMetadata", "citationMetadata", "logprobsResult", "safetyRatings"}) {
      const ReadAnswer answer =
          read_gemini(whole_gemini(R"({"text":"Hi"})", std::string(",\"") + field + "\":" + wrong));
      ASSERT_TRUE(answer.result) << field << " " << wrong << " " << answer.as_json();
      EXPECT_EQ(answer.result->content(), "Hi");
    }
    // Of two contents the last one counts.
    EXPECT_TRUE(read_gemini(whole_gemini(R"({"text":"Hi"})", std::string(",\"content\":") + wrong)).result) << wrong;
    for (const char* field : {"text", "functionCall", "inlineData", "thought", "thoughtSignature", "odd"}) {
      const ReadAnswer answer = read_gemini(whole_gemini(std::string("{\"") + field + "\":" + wrong + "}"));
      EXPECT_TRUE(answer.result) << field << " " << wrong << " " << answer.as_json();
    }
    for (const char* field : {"partialArgs", "name", "args", "id", "willContinue"}) {
      const ReadAnswer answer =
          read_gemini(whole_gemini(std::string("{\"functionCall\":{\"") + field + "\":" + wrong + "}}"));
      EXPECT_TRUE(answer.result || answer.result.error().kind() != ErrorKind::internal) << answer.as_json();
    }
  }
}

TEST(GeminiHostile, DepthIsAnErrorOrAWarning) {
  for (const char* open : {"[", "{\"candidates\":", "{\"error\":", "{\"a\":"}) {
    const std::string close = open[0] == '[' ? "]" : "}";
    for (const std::size_t depth : {std::size_t{300}, std::size_t{100'000}}) {
      EXPECT_FALSE(read_gemini(nested(depth, open, close)).result);
    }
  }
  const std::string deep = nested(1000, "[", "]");
  const ReadAnswer answer = read_gemini(
      whole_gemini(R"({"text":"Hi"},{"odd":)" + deep + R"(},{"functionCall":{"name":"f","args":)" + deep + "}}",
                   ",\"odd\":" + deep + ",\"groundingMetadata\":" + deep));
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), "Hi");
  std::vector<std::string> places;
  for (const Warning& warning : answer.result->warnings()) places.push_back(warning.where());
  EXPECT_EQ(places, (std::vector<std::string>{"parts", "functionCall/args", "odd", "groundingMetadata"}));
}

TEST(GeminiHostile, IndicesTakeNoMemory) {
  for (const char* index : {"128", "4294967296", "9223372036854775807"}) {
    const ReadAnswer answer =
        read_gemini(R"({"candidates":[{"content":{"parts":[{"text":"x"}]},"index":)" + std::string(index) + "}]}");
    ASSERT_FALSE(answer.result);
    EXPECT_EQ(answer.result.error().kind(), ErrorKind::protocol);
    EXPECT_EQ(answer.result.error().where(), "candidates");
  }
  for (const char* index : {"-1", "0.5", "1e300", "\"x\"", "[0]", "123456789012345678901234567890"}) {
    const ReadAnswer answer =
        read_gemini(R"({"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP","index":)" +
                    std::string(index) + "}]}");
    ASSERT_TRUE(answer.result) << index;
    EXPECT_EQ(answer.result->content(), "Hi");
  }
}

TEST(GeminiHostile, PathsTakeNoMemory) {
  std::string values;
  for (int number = 0; number < 20'000; ++number) {
    values += std::string(values.empty() ? "" : ",") + R"({"jsonPath":"$.a)" + std::to_string(number) +
              R"([8][8][8]","numberValue":1})";
  }
  const ReadAnswer answer =
      read_gemini(whole_gemini(R"({"functionCall":{"name":"f","partialArgs":[)" + values + "]}}"));
  if (!answer.result) {
    EXPECT_EQ(answer.result.error().kind(), ErrorKind::response_too_large);
  } else {
    ASSERT_EQ(answer.result->tool_calls().size(), 1u);
    EXPECT_LT(answer.result->tool_calls()[0].arguments().size(), std::size_t{1} << 20);
    EXPECT_EQ(answer.result->warnings().at(0).where(), "partialArgs");
  }
  const std::string deep = nested(2000, "[0]", "");
  EXPECT_TRUE(read_gemini(whole_gemini(R"({"functionCall":{"name":"f","partialArgs":[{"jsonPath":"$.a)" + deep +
                                       R"(","numberValue":1}]}})"))
                  .result);
}

TEST(GeminiHostile, CitationsTakeNoMemory) {
  std::string indices = "0";
  for (int number = 0; number < 50'000; ++number) indices += ",0";
  const std::string grounding =
      R"(,"groundingMetadata":{"groundingChunks":[{"web":{"uri":")" + std::string(100'000, 'u') +
      R"("}},{"web":{"uri":"b"}}],"groundingSupports":[{"segment":{"endIndex":1},"groundingChunkIndices":[)" + indices +
      R"(]}]})";
  const ReadAnswer answer = read_gemini(whole_gemini(R"({"text":"Hi"})", grounding));
  ASSERT_TRUE(answer.result) << answer.as_json().substr(0, 500);
  EXPECT_TRUE(answer.result->message().parts()[0].citations().empty());
  ASSERT_EQ(answer.result->warnings().size(), 1u);
  EXPECT_EQ(answer.result->warnings()[0].where(), "citations");
}

TEST(GeminiHostile, NumbersThatNothingHolds) {
  const ReadAnswer answer =
      read_gemini(R"({"usageMetadata":{"promptTokenCount":9223372036854775807,"candidatesTokenCount":1e400,
      "thoughtsTokenCount":-5,"totalTokenCount":"x","cachedContentTokenCount":123456789012345678901234567890},)" +
                  whole_gemini(R"({"text":"Hi"})").substr(1));
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_FALSE(answer.result->usage().known());
}

TEST(GeminiHostile, RepeatedAndReorderedEvents) {
  const std::string piece =
      "data: " + whole_gemini(R"({"functionCall":{"id":"a","name":"f","args":{"n":1}}})") + "\r\n\r\n";
  const ReadAnswer twice = read_gemini(piece + piece, true);
  ASSERT_TRUE(twice.result) << twice.as_json();
  ASSERT_EQ(twice.result->tool_calls().size(), 1u);
  EXPECT_EQ(twice.result->tool_calls()[0].arguments(), R"({"n":1})");
  EXPECT_EQ(twice.result->warnings().at(0).where(), "functionCall/id");
  const ReadAnswer shared = read_gemini(whole_gemini(
      R"({"functionCall":{"id":"a","name":"f","args":{"n":1}}},{"functionCall":{"id":"a","name":"f","args":{"n":2}}})"));
  ASSERT_TRUE(shared.result) << shared.as_json();
  ASSERT_EQ(shared.result->tool_calls().size(), 2u);
  EXPECT_NE(shared.result->tool_calls()[0].id(), shared.result->tool_calls()[1].id());
  const ReadAnswer stray = read_gemini(
      "data: " +
          whole_gemini(
              R"({"functionCall":{"partialArgs":[{"jsonPath":"$.a","stringValue":"x"}]}},{"functionCall":{}})") +
          "\r\n\r\n",
      true);
  EXPECT_TRUE(stray.result || stray.result.error().kind() != ErrorKind::internal) << stray.as_json();
}

TEST(GeminiHostile, BytesThatAreNotUtf8AreRepaired) {
  const ReadAnswer answer = read_gemini(whole_gemini("{\"text\":\"H\xffi\"}"));
  ASSERT_TRUE(answer.result) << answer.as_json();
  EXPECT_EQ(answer.result->content(), "H\xEF\xBF\xBDi");
  EXPECT_EQ(answer.result->warnings().at(0).where(), "encoding");
}

TEST(GeminiHostile, AnAnswerThatIsTooLarge) {
  const std::string large =
      "data: " + whole_gemini(R"({"inlineData":{"mimeType":"image/png","data":")" + std::string(2 << 20, 'A') + "\"}}");
  const ReadAnswer answer = read_gemini(large, true);
  ASSERT_FALSE(answer.result);
  EXPECT_EQ(answer.result.error().kind(), ErrorKind::response_too_large);
}

}  // namespace
}  // namespace antiphon::tests
