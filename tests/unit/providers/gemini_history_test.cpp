// What Gemini answered goes back as it came (providers.md §4.3; traps 53, 62, 95, 97).

#include <gtest/gtest.h>

#include <string>

#include <boost/json/serialize.hpp>

#include <antiphon/codec.hpp>

#include "fixture.hpp"

namespace antiphon::tests {
namespace {

ModelConfig gemini(const std::string& model = "gemini-3-pro-preview") { return ModelConfig(model, providers::gemini); }

/// The message of an answer with these parts.
Message said(const std::string& parts) {
  const std::string body =
      R"({"candidates":[{"content":{"role":"model","parts":[)" + parts + R"(]},"finishReason":"STOP"}]})";
  const Result<Response> response = decode(body, DecodeOptions("gemini"));
  EXPECT_TRUE(response) << response.error().what();
  return response->message();
}

std::string sent(const Messages& messages, const ModelConfig& config = gemini()) {
  const EncodedRequest encoded = encode(config, messages, Options(), false);
  EXPECT_TRUE(encoded.warnings.empty());
  return encoded.http.body;
}

/// The parts of the model's turn in a request that brings the answer back.
std::string returned(const std::string& parts, const ModelConfig& config = gemini()) {
  const std::string body = sent(Messages().user("hi").add(said(parts)).user("go on"), config);
  return boost::json::serialize(parse_json(body).at("contents").at(1).at("parts"));
}

void expect_unchanged(const std::string& parts) {
  EXPECT_EQ(returned(parts), boost::json::serialize(parse_json("[" + parts + "]")));
}

TEST(GeminiHistory, PartsGoBackInTheirOrder) {
  expect_unchanged(R"({"text":"a"})");
  expect_unchanged(R"({"text":"hm","thought":true},{"text":"a"})");
  expect_unchanged(R"({"text":"hm","thought":true,"thoughtSignature":"UzE="},{"text":"a"})");
  expect_unchanged(R"({"text":"a"},{"text":"","thoughtSignature":"UzE="})");
  expect_unchanged(R"({"text":"a","thoughtSignature":"UzE="},{"text":"b","thoughtSignature":"UzI="},{"text":"c"})");
  expect_unchanged(R"({"thoughtSignature":"UzE="})");
  expect_unchanged(R"({"text":"a"},{"executableCode":{"language":"PYTHON","code":"1"}},{"text":"b"})");
  expect_unchanged(R"({"inlineData":{"mimeType":"image/png","data":"AAEC"},"thoughtSignature":"UzE="})");
  expect_unchanged(R"({"inlineData":{"mimeType":"audio/L16;rate=24000","data":"AAEC"}})");
  expect_unchanged(R"({"inlineData":{"mimeType":"image/png","data":"AAEC"},"thought":true})");
  expect_unchanged(R"({"text":"a","partMetadata":{"k":1}})");
}

TEST(GeminiHistory, UnknownPartsAreTheSameBytes) {
  const std::string odd = R"({ "hologram" : {"z":1.0,"big":123456789012345678901234567890,"e":1e400,"z":2} })";
  const std::string body = sent(Messages().user("hi").add(said(odd)).user("go on"));
  EXPECT_NE(body.find(odd), std::string::npos) << body;
}

TEST(GeminiHistory, ACallAndItsResultPairByTheIdThatTheModelGave) {
  const Message answer =
      said(R"({"functionCall":{"id":"x1","name":"f","args":{ "b":1.0, "a":2 }},"thoughtSignature":"UzE="})");
  const std::string body = sent(Messages().user("hi").add(answer).tool_result("x1", "22"));
  EXPECT_NE(body.find(R"({"functionCall":{"id":"x1","name":"f","args":{ "b":1.0, "a":2 }},"thoughtSignature":"UzE="})"),
            std::string::npos)
      << body;
  EXPECT_NE(body.find(R"({"functionResponse":{"id":"x1","name":"f","response":{"output":"22"}}})"), std::string::npos)
      << body;
}

// Trap 62
TEST(GeminiHistory, AnIdThatWeMadeUpIsNotSent) {
  const Message answer = said(
      R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"UzE="},{"functionCall":{"name":"f","args":{"n":1}}})");
  const std::string first = answer.parts()[0].id();
  const std::string second = answer.parts()[1].id();
  EXPECT_FALSE(first.empty());
  EXPECT_NE(first, second);
  const std::string body = sent(Messages().user("hi").add(answer).tool_result(first, "1").tool_result(second, "2"));
  EXPECT_EQ(body.find(first), std::string::npos) << body;
  EXPECT_NE(
      body.find(
          R"({"functionResponse":{"name":"f","response":{"output":"1"}}},{"functionResponse":{"name":"f","response":{"output":"2"}}})"),
      std::string::npos)
      << body;
}

// Trap 97: a call of an older model goes to one that wants seals.
TEST(GeminiHistory, ACallWithoutASealGetsGooglesWordForIt) {
  const std::string call = R"({"functionCall":{"name":"f","args":{"n":1.0}}})";
  const Messages history = Messages().user("hi").add(said(call + "," + call));
  const std::string sealed = sent(history);
  EXPECT_NE(
      sealed.find(
          R"({"functionCall":{"name":"f","args":{"n":1.0}},"thoughtSignature":"skip_thought_signature_validator"},)" +
          call),
      std::string::npos)
      << sealed;
  const std::string unsealed = sent(history, gemini("gemini-2.5-pro"));
  EXPECT_EQ(unsealed.find("thoughtSignature"), std::string::npos) << unsealed;
}

TEST(GeminiHistory, ACallThatCameInPiecesKeepsItsSeal) {
  const std::string stream =
      "data: "
      "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"id\":\"x1\",\"willContinue\":true}"
      ","
      "\"thoughtSignature\":\"UzE=\"}]}}]}\r\n\r\n"
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"partialArgs\":[{\"jsonPath\":\"$.a\","
      "\"numberValue\":1.0}]}}]},\"finishReason\":\"STOP\"}]}\r\n\r\n";
  const Result<Response> response = decode(stream, DecodeOptions("gemini").stream(true));
  ASSERT_TRUE(response) << response.error().what();
  const std::string body = sent(Messages().user("hi").add(response->message()).tool_result("x1", "2"));
  EXPECT_NE(body.find(R"({"functionCall":{"id":"x1","name":"f","args":{"a":1.0}},"thoughtSignature":"UzE="})"),
            std::string::npos)
      << body;
}

// Traps 95, 97
TEST(GeminiHistory, SealsAndBlocksAreForTheProviderThatMadeThem) {
  const Message answer =
      said(R"({"text":"hm","thought":true,"thoughtSignature":"UzE="},{"text":"a","thoughtSignature":"UzI="})");
  const Messages history = Messages().user("hi").add(answer).user("go on");
  const std::string other = encode(ModelConfig("m", providers::ollama), history, Options(), false).http.body;
  EXPECT_EQ(other.find("UzE="), std::string::npos) << other;
  EXPECT_EQ(other.find("UzI="), std::string::npos) << other;

  const Message foreign = Message(Role::assistant)
                              .add(Part::reasoning("hm").with_signature("anthropic", "seal"))
                              .add(Part::text("a").with_signature("anthropic", "seal"));
  const EncodedRequest request = encode(gemini(), Messages().user("hi").add(foreign).user("go on"), Options(), false);
  ASSERT_EQ(request.warnings.size(), 1u);
  EXPECT_EQ(request.warnings[0].where(), "messages/1/content/0");
  const std::string& ours = request.http.body;
  EXPECT_EQ(ours.find("seal"), std::string::npos) << ours;
  EXPECT_EQ(ours.find("hm"), std::string::npos) << ours;
}

TEST(GeminiHistory, ABlockOfAnotherProviderIsAWarning) {
  const Messages history = Messages()
                               .user("hi")
                               .add(Message(Role::assistant).add(Part::unknown("anthropic", R"({"type":"odd"})")))
                               .user("b");
  const EncodedRequest encoded = encode(gemini(), history, Options(), false);
  ASSERT_EQ(encoded.warnings.size(), 1u);
  EXPECT_EQ(encoded.warnings[0].where(), "messages/1/content/0");
  EXPECT_EQ(encoded.http.body.find("odd"), std::string::npos);
}

TEST(GeminiHistory, ResultsMayFailAndHoldPictures) {
  const Messages history =
      Messages()
          .user("hi")
          .add(Message(Role::assistant).add(Part::tool_call("a", "f", "{}")).add(Part::tool_call("b", "g", "{}")))
          .add(Message(Role::tool).add(Part::tool_result("a", "boom", true)))
          .add(Message(Role::tool).add(Part::tool_result("b", {Part::text("see"), Part::image("abc", "image/png")})));
  const std::string body = sent(history);
  EXPECT_NE(body.find(R"({"functionResponse":{"id":"a","name":"f","response":{"error":"boom"}}})"), std::string::npos)
      << body;
  EXPECT_NE(
      body.find(
          R"({"functionResponse":{"id":"b","name":"g","response":{"output":"see"},"parts":[{"inlineData":{"mimeType":"image/png","data":"YWJj"}}]}})"),
      std::string::npos)
      << body;
  const EncodedRequest older = encode(gemini("gemini-2.5-flash"), history, Options(), false);
  ASSERT_EQ(older.warnings.size(), 1u);
  EXPECT_EQ(older.warnings[0].where(), "messages/3/content/0");
}

}  // namespace
}  // namespace antiphon::tests
