// The command line with an Anthropic model.

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

Program claude(const Simulator& simulator, const Arguments& more) {
  Arguments arguments{"chat", "-m", "anthropic/claude-opus-4-6", "--base-url", simulator.anthropic_base_url()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Program program(std::move(arguments));
  return program.environment("ANTHROPIC_API_KEY", "sk-planted-key");
}

TEST(AnthropicCommands, Chat) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hello", ", ", "world"]}})"));
  for (const Arguments& more : {Arguments{"Hi"}, Arguments{"--no-stream", "Hi"}}) {
    const Ended ended = claude(simulator, more).run();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out, "Hello, world\n");
    EXPECT_EQ(ended.err, "");
  }
  ASSERT_EQ(simulator.requests().size(), 2u);
  EXPECT_EQ(simulator.requests()[0].path(), "/v1/messages");
}

TEST(AnthropicCommands, AFailureIsOneLineAndStatusOne) {
  Simulator simulator(rule(R"({"status": 529, "error": {"message": "Overloaded"}})"));
  const Ended ended = claude(simulator, {"--max-attempts", "1", "Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(contains(ended.err, "error: overloaded"));
  EXPECT_FALSE(contains(ended.err, "sk-planted-key"));
}

TEST(AnthropicCommands, WhatTheModelDoesNotTakeIsWarnedOf) {
  Simulator simulator;
  const Ended ended = claude(simulator, {"-o", "seed=1", "--json", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(ended.out).text("/warnings/0/where"), "seed");
}

TEST(AnthropicCommands, ItsOwnOptionsByName) {
  Simulator simulator;
  const Ended ended =
      claude(simulator, {"-o", "service_tier=standard_only", "-o", "anthropic-beta=x-2026-01-01", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(simulator.requests()[0].body).text("/service_tier"), "standard_only");
  EXPECT_EQ(simulator.requests()[0].header("anthropic-beta"), "x-2026-01-01");
}

TEST(AnthropicCommands, Models) {
  Simulator simulator(Scenario().model("claude-a").model("claude-b"));
  const Ended lines = Program({"models", "anthropic", "--base-url", simulator.anthropic_base_url()})
                          .environment("ANTHROPIC_API_KEY", "k")
                          .run();
  EXPECT_EQ(lines.status, 0) << lines.err;
  EXPECT_EQ(lines.out, "claude-a\nclaude-b\n");
}

TEST(AnthropicCommands, Encode) {
  const Ended ended = Program({"encode", "-m", "anthropic/claude-opus-4-7", "--stream", "-"})
                          .environment("ANTHROPIC_API_KEY", "sk-planted-key")
                          .input(R"({"model": "ignored", "temperature": 0.5, "max_tokens": 9,
                                    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]})")
                          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/url"), "https://api.anthropic.com/v1/messages");
  EXPECT_EQ(json.text("/body/system"), "Be brief.");
  EXPECT_EQ(json.text("/body/messages/0/content"), "Hi");
  EXPECT_EQ(json.number("/body/max_tokens"), 9);
  EXPECT_EQ(json.text("/warnings/0/where"), "temperature");
  EXPECT_FALSE(contains(ended.out, "sk-planted-key"));
}

constexpr const char* anthropic_stream =
    "event: message_start\n"
    "data: "
    "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"content\":[],\"usage\":{\"input_tokens\":5,\"output_"
    "tokens\":1}}}\n\n"
    "event: content_block_start\n"
    "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "event: content_block_delta\n"
    "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hé\"}}\n\n"
    "event: content_block_delta\n"
    "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"llo\"}}\n\n"
    "event: content_block_stop\n"
    "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\n"
    "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n"
    "event: message_stop\n"
    "data: {\"type\":\"message_stop\"}\n\n";

TEST(AnthropicCommands, DecodeReadsAStreamHoweverItIsSplit) {
  const Ended whole = Program({"decode", "--protocol", "anthropic", "--stream", "-"}).input(anthropic_stream).run();
  EXPECT_EQ(whole.status, 0) << whole.err;
  Parsed json(whole.out);
  EXPECT_EQ(json.text("/terminal"), "finished");
  EXPECT_EQ(json.text("/text"), "Héllo");
  EXPECT_EQ(json.number("/usage/input_tokens"), 5);
  EXPECT_EQ(json.number("/usage/output_tokens"), 2);
  for (const char* size : {"1", "2", "7", "1000"}) {
    EXPECT_EQ(Program({"decode", "--protocol", "anthropic", "--stream", "--split", size, "-"})
                  .input(anthropic_stream)
                  .run()
                  .out,
              whole.out);
  }
}

TEST(AnthropicCommands, DecodeTellsAnErrorInTheStream) {
  const Ended ended =
      Program({"decode", "--protocol", "anthropic", "--stream", "-"})
          .input(
              "event: error\ndata: "
              "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n")
          .run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(Parsed(ended.out).text("/error/kind"), "overloaded");
}

}  // namespace
}  // namespace antiphon::cli_test
