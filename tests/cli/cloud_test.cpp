// Bedrock and Cohere on the command line.

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/support.hpp"
#include "unit/wire/aws_frames.hpp"

namespace antiphon::cli_test {
namespace {

using test::frame;
using test::text_header;

constexpr const char* cloud_request = R"({"model": "ignored", "max_tokens": 9,
  "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]})";

Program with_aws_keys(Program program) {
  program.environment("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").environment("AWS_SECRET_ACCESS_KEY", "secret");
  return program.environment("AWS_REGION", "eu-west-1");
}

TEST(CloudChat, BedrockIsSigned) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hello", ", ", "world"]}})").aws_keys("AKIDEXAMPLE", "secret"));
  for (const char* model : {"bedrock/amazon.nova-pro-v1:0", "bedrock-anthropic/us.anthropic.claude-opus-4-5-v1:0"}) {
    for (const Arguments& more : {Arguments{"Hi"}, Arguments{"--no-stream", "Hi"}}) {
      Arguments arguments{"chat", "-m", model, "--base-url", simulator.url()};
      arguments.insert(arguments.end(), more.begin(), more.end());
      const Ended ended = with_aws_keys(Program(arguments)).run();
      EXPECT_EQ(ended.status, 0) << ended.err;
      EXPECT_EQ(ended.out, "Hello, world\n");
    }
  }
}

TEST(CloudChat, Cohere) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hello", ", ", "world"]}})").api_key("sk"));
  for (const Arguments& more : {Arguments{"Hi"}, Arguments{"--no-stream", "Hi"}}) {
    Arguments arguments{"chat", "-m", "cohere/command-a-03-2025", "--base-url", simulator.url()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = Program(arguments).environment("CO_API_KEY", "sk").run();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out, "Hello, world\n");
  }
}

TEST(CloudModels, AreListed) {
  Simulator simulator(Scenario().model("first").model("second"));
  for (const char* provider : {"bedrock", "cohere"}) {
    const Ended lines = with_aws_keys(Program({"models", provider, "--base-url", simulator.url()})).run();
    EXPECT_EQ(lines.status, 0) << lines.err;
    EXPECT_EQ(lines.out, "first\nsecond\n");
  }
}

TEST(CloudModels, OfClaudeOnBedrockThereIsOnlyClaude) {
  Simulator simulator(Scenario().model("amazon.nova-pro-v1:0").model("anthropic.claude-opus-4-5-20251101-v1:0"));
  const Ended lines = with_aws_keys(Program({"models", "bedrock-anthropic", "--base-url", simulator.url()})).run();
  EXPECT_EQ(lines.status, 0) << lines.err;
  EXPECT_EQ(lines.out, "anthropic.claude-opus-4-5-20251101-v1:0\n");
}

TEST(CloudModels, AllPagesAreListed) {
  Scenario scenario;
  for (int i = 0; i < 1500; ++i) scenario.model("command-" + std::to_string(i));
  Simulator simulator(scenario);
  const Ended lines = Program({"models", "cohere", "--base-url", simulator.url()}).environment("CO_API_KEY", "k").run();
  EXPECT_EQ(lines.status, 0) << lines.err;
  EXPECT_EQ(std::count(lines.out.begin(), lines.out.end(), '\n'), 1500);
  EXPECT_TRUE(contains(lines.out, "command-1499\n"));
}

TEST(CloudModels, AListThatDoesNotEndIsAnError) {
  const std::string page = R"({\"models\":[{\"name\":\"m\"}],\"next_page_token\":\"again\"})";
  Simulator simulator(rule(R"({"raw": {"body": ")" + page + R"("}})"));
  const Ended ended = Program({"models", "cohere", "--base-url", simulator.url()}).environment("CO_API_KEY", "k").run();
  EXPECT_EQ(ended.status, 1) << ended.out;
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(contains(ended.err, "error: protocol"));
  EXPECT_TRUE(contains(ended.err, "comes the same page"));
}

TEST(CloudEncode, Bedrock) {
  const Ended ended =
      with_aws_keys(Program({"encode", "-m", "bedrock/amazon.nova-pro-v1:0", "--stream", "-"}).input(cloud_request))
          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/url"),
            "https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse-stream");
  EXPECT_EQ(json.text("/body/messages/0/content/0/text"), "Hi");
  EXPECT_EQ(json.text("/body/system/0/text"), "Be brief.");
  EXPECT_EQ(json.number("/body/inferenceConfig/maxTokens"), 9);
  EXPECT_FALSE(contains(ended.out, "secret"));
  EXPECT_FALSE(contains(ended.out, "Signature="));
}

TEST(CloudEncode, BedrockWithoutRegionAndKeys) {
  const Ended ended = Program({"encode", "-m", "bedrock/m", "-"}).input(cloud_request).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(ended.out).text("/url"), "https://bedrock-runtime.{region}.amazonaws.com/model/m/converse");
}

TEST(CloudEncode, ClaudeOnBedrock) {
  const Ended ended =
      with_aws_keys(
          Program({"encode", "-m", "bedrock-anthropic/anthropic.claude-opus-4-5-v1:0", "-"}).input(cloud_request))
          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/body/anthropic_version"), "bedrock-2023-05-31");
  EXPECT_FALSE(json.has("/body/model"));
}

TEST(CloudEncode, Cohere) {
  const Ended ended = Program({"encode", "-m", "cohere/command-a-03-2025", "-"}).input(cloud_request).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/url"), "https://api.cohere.com/v2/chat");
  EXPECT_EQ(json.text("/body/messages/1/content"), "Hi");
}

std::string event(const std::string& type, const std::string& payload) {
  return frame(text_header(":event-type", type) + text_header(":message-type", "event"), payload);
}

TEST(CloudDecode, FramesHoweverTheyAreSplit) {
  const std::string stream = event("messageStart", R"({"role":"assistant"})") +
                             event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hé"}})") +
                             event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"llo"}})") +
                             event("messageStop", R"({"stopReason":"end_turn"})") +
                             event("metadata", R"({"usage":{"inputTokens":3,"outputTokens":2}})");
  const Ended whole = Program({"decode", "--protocol", "bedrock", "--stream", "-"}).input(stream).run();
  EXPECT_EQ(whole.status, 0) << whole.err;
  EXPECT_EQ(Parsed(whole.out).text("/text"), "Héllo");
  EXPECT_EQ(Parsed(whole.out).number("/usage/input_tokens"), 3);
  for (const char* size : {"1", "7"}) {
    const Ended split =
        Program({"decode", "--protocol", "bedrock", "--stream", "--split", size, "-"}).input(stream).run();
    EXPECT_EQ(split.out, whole.out);
  }
}

TEST(CloudDecode, AFailureOfBedrock) {
  const Ended ended = Program({"decode", "--protocol", "bedrock", "--status", "429", "--header",
                               "x-amzn-errortype: ThrottlingException:http://x", "-"})
                          .input(R"({"message": "slow"})")
                          .run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(Parsed(ended.out).text("/error/kind"), "rate_limited");
  EXPECT_EQ(Parsed(ended.out).text("/error/code"), "ThrottlingException");
}

TEST(CloudDecode, Cohere) {
  const Ended ended =
      Program({"decode", "--protocol", "cohere", "--stream", "-"})
          .input(
              "event: content-delta\ndata: {\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":"
              "{\"text\":\"Hi\"}}}}\n\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"COMPLETE\"}}\n\n")
          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(ended.out).text("/text"), "Hi");
}

}  // namespace
}  // namespace antiphon::cli_test
