// The Responses API from the command line.

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

Program responses_chat(const Simulator& simulator, const Arguments& more) {
  Arguments arguments{"chat", "-m", "openai-responses/gpt-4o", "--base-url", simulator.openai_base_url()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Program(std::move(arguments));
}

TEST(CommandResponses, Chat) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hello", ", ", "world"]}})"));
  for (const Arguments& arguments : {Arguments{"Hi"}, Arguments{"--no-stream", "Hi"}}) {
    const Ended ended = responses_chat(simulator, arguments).run();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out, "Hello, world\n");
    EXPECT_EQ(ended.err, "");
  }
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].target, "/v1/responses");
  EXPECT_EQ(Parsed(requests[0].body).json("/stream"), "true");
  EXPECT_EQ(Parsed(requests[1].body).text("/input/0/content"), "Hi");
}

TEST(CommandResponses, JsonIsTheSameAsForAnyProvider) {
  Simulator simulator(rule(R"({"answer": {"text": "Hello", "finish_reason": "length"}})"));
  const Ended ended = responses_chat(simulator, {"--json", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/text"), "Hello");
  EXPECT_EQ(json.text("/finish_reason"), "length");
  EXPECT_EQ(json.text("/raw_finish_reason"), "max_output_tokens");
  EXPECT_GT(json.number("/usage/output_tokens"), 0);
  EXPECT_EQ(json.text("/attempts/0/provider"), "openai-responses");
}

TEST(CommandResponses, AFailedResponseIsAFailure) {
  Simulator simulator(rule(R"({"answer": {"failed": {"code": "invalid_prompt", "message": "Not this."}}})"));
  const Ended ended = responses_chat(simulator, {"Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(contains(ended.err, "invalid_request"));
  EXPECT_TRUE(contains(ended.err, "Not this."));
}

TEST(CommandResponses, WhatItCannotCarryIsAWarning) {
  Simulator simulator;
  const Ended ended = responses_chat(simulator, {"-o", "seed=1", "-o", "logit_bias={\"1\":1}", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_TRUE(contains(ended.err, "seed"));
  EXPECT_TRUE(contains(ended.err, "logit_bias"));
}

TEST(CommandResponses, EncodeShowsTheRequest) {
  const Ended ended =
      Program({"encode", "-m", "openai-responses/gpt-5", "-"})
          .input(R"({"model": "ignored", "max_tokens": 99, "verbosity": "low", "reasoning_effort": "low",
    "messages": [{"role": "system", "content": "Be brief."},
                 {"role": "assistant", "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "{}"}}]},
                 {"role": "tool", "tool_call_id": "c1", "content": "42"}]})")
          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/url"), "https://api.openai.com/v1/responses");
  EXPECT_EQ(json.json("/body/input/1"), R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{}"})");
  EXPECT_EQ(json.json("/body/input/2"), R"({"type":"function_call_output","call_id":"c1","output":"42"})");
  EXPECT_EQ(json.json("/body/reasoning"), R"({"effort":"low"})");
  EXPECT_EQ(json.json("/body/text"), R"({"verbosity":"low"})");
  EXPECT_EQ(json.number("/body/max_output_tokens"), 99);
}

constexpr const char* responses_stream =
    "event: response.created\ndata: "
    "{\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"model\":\"m\"}}\n\n"
    "event: response.output_text.delta\n"
    "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hé\"}\n\n"
    "event: response.output_text.delta\n"
    "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"llo\"}\n\n"
    "event: response.completed\n"
    "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"status\":\"completed\","
    "\"usage\":{\"input_tokens\":3,\"output_tokens\":2}}}\n\n";

TEST(CommandResponses, DecodeReadsAStreamHoweverItIsSplit) {
  const Ended whole =
      Program({"decode", "--protocol", "openai-responses", "--stream", "-"}).input(responses_stream).run();
  EXPECT_EQ(whole.status, 0) << whole.err;
  Parsed json(whole.out);
  EXPECT_EQ(json.text("/terminal"), "finished");
  EXPECT_EQ(json.text("/text"), "Héllo");
  EXPECT_EQ(json.number("/usage/total_tokens"), 5);
  for (const char* size : {"1", "2", "7", "1000"}) {
    const Ended split = Program({"decode", "--protocol", "openai-responses", "--stream", "--split", size, "-"})
                            .input(responses_stream)
                            .run();
    EXPECT_EQ(split.out, whole.out);
  }
}

TEST(CommandResponses, DecodeTellsAStreamThatBrokeOff) {
  const std::string begun(responses_stream, std::string_view(responses_stream).find("event: response.completed"));
  const Ended ended = Program({"decode", "--protocol", "openai-responses", "--stream", "-"}).input(begun).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(Parsed(ended.out).text("/error/kind"), "truncated");
  EXPECT_EQ(Parsed(ended.out).text("/text"), "Héllo");
}

}  // namespace
}  // namespace antiphon::cli_test
