// The command line with Gemini, by key and on Vertex AI.

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

Program gemini(const Simulator& simulator, const Arguments& more) {
  Arguments arguments{"chat", "-m", "gemini/gemini-2.5-flash", "--base-url", simulator.url()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Program program(std::move(arguments));
  return program.environment("GEMINI_API_KEY", "sk-planted-key");
}

TEST(GeminiCommands, Chat) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hello", ", ", "world"]}})"));
  for (const Arguments& more : {Arguments{"Hi"}, Arguments{"--no-stream", "Hi"}}) {
    const Ended ended = gemini(simulator, more).run();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out, "Hello, world\n");
    EXPECT_EQ(ended.err, "");
  }
  ASSERT_EQ(simulator.requests().size(), 2u);
  EXPECT_EQ(simulator.requests()[0].target, "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
  EXPECT_EQ(simulator.requests()[0].header("x-goog-api-key"), "sk-planted-key");
  EXPECT_EQ(simulator.requests()[1].target, "/v1beta/models/gemini-2.5-flash:generateContent");
}

TEST(GeminiCommands, ChatOnVertex) {
  Simulator simulator(rule(R"({"answer": {"text": "Hello"}})"));
  const Ended ended = Program({"chat", "-m", "vertex/gemini-2.5-flash", "--base-url", simulator.url(), "Hi"})
                          .environment("GOOGLE_CLOUD_PROJECT", "p-1")
                          .environment("GOOGLE_CLOUD_LOCATION", "us-east1")
                          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, "Hello\n");
  EXPECT_EQ(simulator.requests().at(0).path(),
            "/v1/projects/p-1/locations/us-east1/publishers/google/models/gemini-2.5-flash:streamGenerateContent");
}

TEST(GeminiCommands, AFailureIsOneLineAndStatusOne) {
  Simulator simulator(
      rule(R"({"status": 400, "error": {"message": "API key not valid.", "code": "API_KEY_INVALID"}})"));
  const Ended ended = gemini(simulator, {"Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(contains(ended.err, "error: authentication"));
  EXPECT_FALSE(contains(ended.err, "sk-planted-key"));
}

TEST(GeminiCommands, WhatTheModelDoesNotTakeIsWarnedOf) {
  Simulator simulator;
  const Ended ended = gemini(simulator, {"-o", "user=me", "--json", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(ended.out).text("/warnings/0/where"), "user");
}

TEST(GeminiCommands, ItsOwnOptionsByName) {
  Simulator simulator;
  const Ended ended = gemini(simulator, {"-o", "thinkingBudget=0", "-o", "serviceTier=flex", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed body(simulator.requests().at(0).body);
  EXPECT_EQ(body.number("/generationConfig/thinkingConfig/thinkingBudget"), 0);
  EXPECT_EQ(body.text("/serviceTier"), "flex");
}

TEST(GeminiCommands, Models) {
  Simulator simulator(Scenario().model("gemini-a").model("gemini-b"));
  const Ended lines =
      Program({"models", "gemini", "--base-url", simulator.url()}).environment("GEMINI_API_KEY", "k").run();
  EXPECT_EQ(lines.status, 0) << lines.err;
  EXPECT_EQ(lines.out, "gemini-a\ngemini-b\n");
}

TEST(GeminiCommands, Encode) {
  const Ended ended = Program({"encode", "-m", "gemini/gemini-3.1-pro-preview", "--stream", "-"})
                          .environment("GEMINI_API_KEY", "sk-planted-key")
                          .input(R"({"model": "ignored", "temperature": 0.5, "max_tokens": 9,
                                    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]})")
                          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(
      json.text("/url"),
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse");
  EXPECT_EQ(json.text("/body/systemInstruction/parts/0/text"), "Be brief.");
  EXPECT_EQ(json.text("/body/contents/0/parts/0/text"), "Hi");
  EXPECT_EQ(json.number("/body/generationConfig/maxOutputTokens"), 9);
  EXPECT_FALSE(contains(ended.out, "sk-planted-key"));
}

TEST(GeminiCommands, EncodeForClaudeOnVertex) {
  const Ended ended = Program({"encode", "-m", "anthropic-vertex/claude-opus-4-1@20250805", "-"})
                          .environment("GOOGLE_CLOUD_PROJECT", "p-1")
                          .input(R"({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]})")
                          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/url"),
            "https://aiplatform.googleapis.com/v1/projects/p-1/locations/global/publishers/anthropic/models/"
            "claude-opus-4-1@20250805:rawPredict");
  EXPECT_EQ(json.text("/body/anthropic_version"), "vertex-2023-10-16");
}

constexpr const char* gemini_stream =
    "data: "
    "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"H\xC3\xA9\"}],\"role\":\"model\"}}],\"responseId\":\"r1\"}"
    "\r\n\r\n"
    "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"llo\"}]},\"finishReason\":\"STOP\"}],"
    "\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":2,\"thoughtsTokenCount\":3}}\r\n\r\n";

TEST(GeminiCommands, DecodeHoweverItIsSplit) {
  const Ended whole = Program({"decode", "--protocol", "gemini", "--stream", "-"}).input(gemini_stream).run();
  EXPECT_EQ(whole.status, 0) << whole.err;
  Parsed json(whole.out);
  EXPECT_EQ(json.text("/text"), "Héllo");
  EXPECT_EQ(json.text("/id"), "r1");
  EXPECT_EQ(json.number("/usage/output_tokens"), 5);
  for (const char* size : {"1", "2", "7", "1000"}) {
    const Ended split =
        Program({"decode", "--protocol", "gemini", "--stream", "--split", size, "-"}).input(gemini_stream).run();
    EXPECT_EQ(split.out, whole.out);
  }
}

TEST(GeminiCommands, DecodeOfAnError) {
  const Ended ended = Program({"decode", "--protocol", "gemini", "-"})
                          .input(R"([{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}])")
                          .run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(Parsed(ended.out).text("/error/kind"), "overloaded");
}

}  // namespace
}  // namespace antiphon::cli_test
