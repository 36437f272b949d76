#include <gtest/gtest.h>

#include "client.hpp"
#include "frames.hpp"

// Claude invoked on Bedrock: providers.md §3.11 and §6.15.

namespace antiphon::test {
namespace {

const std::string claude_path = "/model/us.anthropic.claude-opus-4-7/";

std::string claude_body(std::string_view more = "", std::string_view version = "bedrock-2023-05-31") {
  std::string body = R"({"anthropic_version":")";
  return body.append(version)
      .append(R"(","max_tokens":100,"messages":[{"role":"user","content":"hi"}])")
      .append(more)
      .append("}");
}

Answer post_claude(const Simulator& simulator, std::string_view operation, const std::string& body) {
  return ask(simulator,
             request_text("POST", claude_path + std::string(operation), body, "Authorization: Bearer key\r\n"));
}

Answer claude_stream(const Simulator& simulator) {
  return post_claude(simulator, "invoke-with-response-stream", claude_body());
}

/// The events inside the frames.
std::vector<std::string> claude_events(const Answer& answer) {
  std::vector<std::string> events;
  for (const Frame& frame : frames_of(answer.body)) {
    EXPECT_EQ(frame.header(":event-type"), "chunk");
    events.push_back(bytes_of_base64(Json(frame.payload).text("/bytes")));
  }
  return events;
}

TEST(BedrockClaude, AnswersWithMessages) {
  Simulator simulator;
  const Answer answer = post_claude(simulator, "invoke", claude_body());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("x-amzn-requestid").size(), 36u);
  const Json json(answer.body);
  EXPECT_EQ(json.text("/type"), "message");
  EXPECT_EQ(json.text("/stop_reason"), "end_turn");
  EXPECT_EQ(json.text("/model"), "us.anthropic.claude-opus-4-7");
  EXPECT_EQ(post_claude(simulator, "invoke", claude_body("", "2026-10-21")).status, 200);
  EXPECT_EQ(post_claude(simulator, "invoke", claude_body(R"(,"anthropic_beta":["context-1m-2025-08-07"])")).status,
            200);
}

TEST(BedrockClaude, StreamsEventsInsideFrames) {
  Simulator simulator;
  const Answer answer = claude_stream(simulator);
  EXPECT_EQ(answer.header("content-type"), "application/vnd.amazon.eventstream");
  const auto events = claude_events(answer);
  EXPECT_EQ(Json(events[0]).text("/type"), "message_start");
  const Json last(events.back());
  EXPECT_EQ(last.text("/type"), "message_stop");
  EXPECT_GT(last.number("/amazon-bedrock-invocationMetrics/inputTokenCount"), 0);
  std::string text;
  for (const std::string& event : events) {
    const Json json(event);
    if (json.has("/delta/text")) text += json.text("/delta/text");
  }
  EXPECT_EQ(text, Json(post_claude(simulator, "invoke", claude_body()).body).text("/content/0/text"));
  EXPECT_EQ(last.number("/amazon-bedrock-invocationMetrics/outputTokenCount"),
            Json(post_claude(simulator, "invoke", claude_body()).body).number("/usage/output_tokens"));
}

TEST(BedrockClaude, FaultsAreInsideOrAround) {
  const auto answer = [](const std::string& fault) {
    Simulator simulator(rule(R"({"answer": {"chunks": ["one"]}, "fault": )" + fault + "}"));
    return claude_stream(simulator);
  };
  EXPECT_THROW(Json broken(claude_events(answer(R"({"broken_json": 1})"))[1]), std::runtime_error);
  const std::string broken = claude_events(answer(R"({"broken_utf8": {"event": 3}})"))[3];
  EXPECT_NE(broken.find("\"text\":\"\xff\xfeone"), std::string::npos) << broken;
  EXPECT_THROW(frames_of(answer(R"({"wrong_frame": {"event": 1, "crc": "message"}})").body), std::runtime_error);
  const auto frames = frames_of(
      answer(R"({"error_in_stream": {"after_events": 1, "type": "modelTimeoutException", "message": "m"}})").body);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1].header(":exception-type"), "modelTimeoutException");
  EXPECT_EQ(frames[1].payload, R"({"message":"m"})");
}

/// The frame of the vectors, with padding added.
TEST(BedrockClaude, RawEvents) {
  Simulator simulator(
      rule(R"({"raw": {"events": [{"type": "message_stop"}, {"throttlingException": {"message": "m"}}]}})"));
  const auto frames = frames_of(claude_stream(simulator).body);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(Json(frames[0].payload).text("/bytes"), "eyJ0eXBlIjoibWVzc2FnZV9zdG9wIn0=");
  EXPECT_EQ(frames[1].header(":message-type"), "exception");
}

TEST(BedrockClaude, RefusesInBedrocksWords) {
  Simulator simulator;
  const std::vector<std::pair<std::string, std::string>> refusals{
      {claude_body("", "vertex-2023-10-16"), "anthropic_version"},
      {R"({"max_tokens":9,"messages":[{"role":"user","content":"hi"}]})", "anthropic_version"},
      {claude_body(R"(,"model":"m")"), "model"},
      {claude_body(R"(,"stream":true)"), "stream"},
      {claude_body(R"(,"odd":1)"), "odd"}};
  for (const auto& [body, field] : refusals) {
    const Answer answer = post_claude(simulator, "invoke", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.header("x-amzn-errortype").substr(0, 20), "ValidationException:");
    EXPECT_NE(Json(answer.body).text("/message").find(field), std::string::npos) << answer.body;
  }
  const Answer fetched =
      ask(simulator, request_text("GET", claude_path + "invoke", claude_body(), "Authorization: Bearer key\r\n"));
  EXPECT_EQ(fetched.status, 405);
  EXPECT_EQ(fetched.header("x-amzn-errortype").substr(0, 26), "UnknownOperationException:");
  const Answer nobody = ask(simulator, request_text("POST", claude_path + "invoke", claude_body()));
  EXPECT_EQ(nobody.status, 403);
  const Answer missing = ask(simulator, request_text("POST", "/v1/messages", claude_body(R"(,"model":"m")"),
                                                     "anthropic-version: 2023-06-01\r\n"));
  EXPECT_NE(missing.body.find("anthropic_version"), std::string::npos)
      << missing.body;  // only the clouds have it in the body
}

}  // namespace
}  // namespace antiphon::test
