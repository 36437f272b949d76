// AWS Bedrock over real sockets: the simulator checks the signatures, the requests, and what goes back.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <antiphon/antiphon.hpp>
#include <antiphon/codec.hpp>
#include <antiphon/simulator.hpp>

#include "integration/cloud.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

AwsCredentials keys(const std::string& secret = "secret") {
  return AwsCredentials().access_key("AKIDEXAMPLE", secret).session_token("token").region("eu-west-1");
}

Scenario signed_only() { return Scenario().aws_keys("AKIDEXAMPLE", "secret", "token"); }

ModelConfig nova(const Simulator& simulator) {
  return ModelConfig("amazon.nova-pro-v1:0", providers::bedrock)
      .base_url(simulator.url())
      .proxy("")
      .authenticator(keys());
}
ModelConfig claude(const Simulator& simulator) {
  return ModelConfig("us.anthropic.claude-opus-4-5-20251101-v1:0", providers::bedrock_anthropic)
      .base_url(simulator.url())
      .proxy("")
      .authenticator(keys());
}

TEST(BedrockCalls, ASignedCallIsAnsweredWholeAndStreamed) {
  const Simulator simulator(signed_only());
  for (const ModelConfig& config : {nova(simulator), claude(simulator)}) {
    const Provider provider = create_provider(config);
    const Response whole = provider.chat("Why is the sky blue?");
    EXPECT_NE(whole.content().find("sky"), std::string::npos) << whole.content();
    EXPECT_EQ(whole.finish_reason(), FinishReason::stop);
    EXPECT_TRUE(whole.usage().known());
    EXPECT_FALSE(whole.request_id().empty());
    std::string text;
    Stream stream = provider.stream("Why is the sky blue?");
    for (const Chunk& chunk : stream) text += chunk.content();
    EXPECT_EQ(text, whole.content());
  }
  EXPECT_EQ(simulator.requests()[0].target, "/model/amazon.nova-pro-v1%3A0/converse");
  EXPECT_EQ(simulator.requests()[1].target, "/model/amazon.nova-pro-v1%3A0/converse-stream");
  EXPECT_EQ(simulator.requests()[2].target, "/model/us.anthropic.claude-opus-4-5-20251101-v1%3A0/invoke");
}

TEST(BedrockCalls, AnArnIsSignedAsItIsSent) {
  const Simulator simulator(signed_only());
  const std::string arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.meta.llama";
  const Provider provider =
      create_provider(ModelConfig(arn, providers::bedrock).base_url(simulator.url()).proxy("").authenticator(keys()));
  EXPECT_FALSE(provider.chat("Hi").content().empty());
}

TEST(BedrockCalls, AnotherSecretIsTurnedAway) {
  const Simulator simulator(signed_only());
  const Provider provider = create_provider(nova(simulator).authenticator(keys("wrong")));
  const Result<Response> result = provider.try_chat("Hi");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().http_status(), 403);
  EXPECT_EQ(result.error().kind(), ErrorKind::authentication);
  EXPECT_EQ(result.error().provider_code(), "InvalidSignatureException");
}

TEST(BedrockCalls, AnApiKeyTakesTheSignaturesPlace) {
  const Simulator simulator;
  const Provider provider = create_provider(ModelConfig("amazon.nova-pro-v1:0", providers::bedrock)
                                                .base_url(simulator.url())
                                                .proxy("")
                                                .api_key("bedrock-api-key-1"));
  EXPECT_FALSE(provider.chat("Hi").content().empty());
  EXPECT_EQ(simulator.requests()[0].header("authorization"), "Bearer bedrock-api-key-1");
}

TEST(BedrockCalls, WithoutARegionThereIsNoHost) {
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"})
    unsetenv(variable);
  setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
  setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
  const ModelConfig config = ModelConfig("m", providers::bedrock).api_key("k");
  try {
    create_provider(config);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "region");
  }
  setenv("AWS_REGION", "eu-west-1", 1);
  EXPECT_NO_THROW(create_provider(config));
  EXPECT_EQ(encode(config, "Hi", Options(), false).http.url,
            "https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/converse");
  for (const char* variable : {"AWS_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}) unsetenv(variable);
}

TEST(BedrockCalls, ToolsWholeAndStreamed) {
  const Simulator simulator(signed_only());
  for (const ModelConfig& config : {nova(simulator), claude(simulator)}) {
    for (const bool streamed : {false, true}) {
      const Provider provider = create_provider(config);
      const Options options = Options().tools(weather()).max_tokens(1000);
      Messages messages = Messages().user("Use weather.");
      const Response first = streamed ? provider.stream(messages, options).collect() : provider.chat(messages, options);
      EXPECT_EQ(first.finish_reason(), FinishReason::tool_calls);
      ASSERT_EQ(first.tool_calls().size(), 1U);
      EXPECT_EQ(first.tool_calls()[0].name(), "weather");
      messages.add(first.message());
      messages.tool_result(first.tool_calls()[0].id(), "rain and wind");
      const Response second =
          streamed ? provider.stream(messages, options).collect() : provider.chat(messages, options);
      EXPECT_NE(second.content().find("rain and wind"), std::string::npos) << second.content();
    }
  }
}

TEST(BedrockCalls, ReasoningGoesBackWithItsSignature) {
  const Simulator simulator(
      Scenario().rule(R"({"times": 2, "answer": {"reasoning": "A greeting.", "text": "Hello!"}})"));
  const Provider provider = create_provider(nova(simulator));
  for (const bool streamed : {false, true}) {
    Messages messages = Messages().user("Hi");
    const Response first = streamed ? provider.stream(messages).collect() : provider.chat(messages);
    EXPECT_EQ(first.reasoning(), "A greeting.");
    ASSERT_EQ(first.message().parts().size(), 2U);
    EXPECT_FALSE(first.message().parts()[0].signature().empty());
    if (!streamed) continue;
    messages.add(first.message());
    // The simulator knows its signatures, and refuses changed reasoning.
    EXPECT_FALSE(provider.chat(messages.user("Go on")).content().empty());
    EXPECT_NE(simulator.requests().back().body.find("A greeting."), std::string::npos);
  }
}

TEST(BedrockCalls, TheCacheIsCounted) {
  const Simulator simulator;
  const Response response =
      create_provider(nova(simulator))
          .chat(Messages().add(Message(Role::user)
                                   .add(Part::text(std::string(4000, 'x')).with(bedrock::cache_point()))
                                   .add(Part::text("Hi"))));
  EXPECT_GT(response.usage().cached_input_tokens().at_least(), 0);
  EXPECT_GT(response.usage().input_tokens().at_least(), response.usage().cached_input_tokens().at_least());
}

TEST(BedrockCalls, FaultsAreTypedErrors) {
  const Fault faults[] = {
      {R"({"status": 429, "error": {"message": "slow down"}})", ErrorKind::rate_limited},
      {R"({"status": 400, "error": {"message": "no"}})", ErrorKind::invalid_request},
      {R"({"status": 404, "error": {"message": "no"}})", ErrorKind::not_found},
      {R"({"status": 503, "error": {"message": "busy"}})", ErrorKind::overloaded},
      {R"({"html": "<html>oops</html>", "status": 500})", ErrorKind::server_error},
      {R"({"fault": {"wrong_frame": {"event": 2, "crc": "message"}}})", ErrorKind::protocol},
      {R"({"fault": {"wrong_frame": {"event": 2, "crc": "prelude"}}})", ErrorKind::protocol},
      {R"({"fault": {"wrong_frame": {"event": 2, "headers_length_off_by": -1}}})", ErrorKind::protocol},
      {R"({"fault": {"cut_after_bytes": 300}})", ErrorKind::truncated},
      {R"({"fault": {"broken_json": 2}})", ErrorKind::protocol},
      {R"({"fault": {"error_in_stream": {"after_events": 2, "status": 429, "message": "slow"}}})",
       ErrorKind::rate_limited},
      {R"({"fault": {"error_in_stream": {"after_events": 2, "status": 503, "message": "busy"}}})",
       ErrorKind::overloaded},
  };
  for (const Fault& fault : faults) {
    const Simulator simulator(Scenario().rule(fault.rule));
    for (const ModelConfig& config : {nova(simulator), claude(simulator)}) {
      const Provider provider = create_provider(ModelConfig(config).retry_config(RetryConfig().max_attempts(1)));
      const Result<Response> result = provider.stream("Hi there, how are you?").try_collect();
      ASSERT_FALSE(result) << fault.rule << config.provider().name();
      EXPECT_EQ(result.error().kind(), fault.kind) << fault.rule << " " << result.error().what();
    }
  }
}

TEST(BedrockCalls, WithoutAStopReasonAnAnswerIsCut) {
  const Simulator simulator(Scenario().rule(R"({"fault": {"missing_finish": true}})"));
  const Result<Response> result =
      create_provider(nova(simulator).retry_config(RetryConfig().max_attempts(1))).stream("Hi").try_collect();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::truncated);
}

TEST(BedrockCalls, WhatIsOddIsReadAllTheSame) {
  const Simulator plain;
  for (const char* rule :
       {R"({"fault": {"unknown_events": true, "unknown_fields": true}})", R"({"fault": {"bytes_per_write": 1}})",
        R"({"fault": {"repeat_finish": 1, "repeat_usage": true}})", R"({"fault": {"ignore_stream": true}})",
        R"({"fault": {"gzip": true}})", R"({"fault": {"broken_utf8": {"event": 0, "field": "unknown"}}})"}) {
    const Simulator odd(Scenario().rule(rule));
    for (ModelConfig (*config)(const Simulator&) : {nova, claude}) {
      const std::string expected = create_provider(config(plain)).chat("Hi").content();
      ASSERT_FALSE(expected.empty());
      const Result<Response> result = create_provider(config(odd)).stream("Hi").try_collect();
      ASSERT_TRUE(result) << rule << result.error().what();
      EXPECT_EQ(result->content(), expected) << rule;
    }
  }
}

TEST(BedrockCalls, AThrottledCallIsTriedAgain) {
  const Simulator simulator(
      Scenario().rule(R"({"times": 1, "status": 429, "error": {}, "headers": {"retry-after-ms": "1"}})"));
  const Response response = create_provider(nova(simulator)).chat("Hi");
  EXPECT_EQ(response.attempts().size(), 2U);
}

TEST(BedrockCalls, ModelsAreListed) {
  const Simulator simulator(signed_only().model("amazon.nova-pro-v1:0").model("cohere.embed-v4:0"));
  const auto models = create_provider(nova(simulator)).list_models();
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].id(), "amazon.nova-pro-v1:0");
}

}  // namespace
}  // namespace antiphon::test
