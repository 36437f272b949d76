// Cohere over real sockets: the simulator checks the requests.

#include <gtest/gtest.h>

#include <string>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

#include "integration/cloud.hpp"
#include "integration/many_models.hpp"

namespace antiphon::test {
namespace {

ModelConfig command(const Simulator& simulator) {
  return ModelConfig("command-a-03-2025", providers::cohere).base_url(simulator.url()).proxy("").api_key("key");
}

TEST(CohereCalls, AreAnsweredWholeAndStreamed) {
  const Simulator simulator(Scenario().api_key("key"));
  const Provider provider = create_provider(command(simulator));
  const Response whole = provider.chat(Messages().system("Be brief.").user("Why is the sky blue?"));
  EXPECT_NE(whole.content().find("sky"), std::string::npos) << whole.content();
  EXPECT_EQ(whole.finish_reason(), FinishReason::stop);
  EXPECT_TRUE(whole.usage().known());
  EXPECT_FALSE(whole.request_id().empty());
  std::string text;
  Stream stream = provider.stream(Messages().system("Be brief.").user("Why is the sky blue?"));
  for (const Chunk& chunk : stream) text += chunk.content();
  EXPECT_EQ(text, whole.content());
  EXPECT_EQ(simulator.requests()[0].target, "/v2/chat");
}

TEST(CohereCalls, EveryOptionIsOneThatTheProtocolHas) {
  const Simulator simulator;
  const Options options =
      Options()
          .temperature(0.5)
          .top_p(1)
          .top_k(40)
          .max_tokens(50)
          .stop("END")
          .seed(7)
          .presence_penalty(0.5)
          .frequency_penalty(0.5)
          .logprobs()
          .reasoning_effort("low")
          .with(cohere::Options().safety_mode("STRICT").priority(1).citations("FAST").raw_prompting(false));
  const Response response = create_provider(command(simulator)).chat("Hi", options);
  EXPECT_FALSE(response.logprobs().empty());
}

TEST(CohereCalls, StructuredAnswers) {
  const Simulator simulator;
  const Options options = Options().response_format(
      JsonSchema(R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})"));
  EXPECT_EQ(create_provider(command(simulator)).chat("Hi", options).content().front(), '{');
}

TEST(CohereCalls, DocumentsAreCited) {
  const Simulator simulator;
  const Provider provider = create_provider(command(simulator));
  const Options options = Options().with(cohere::Options().document("The sky is blue."));
  for (const bool streamed : {false, true}) {
    const Response response = streamed ? provider.stream("Why?", options).collect() : provider.chat("Why?", options);
    ASSERT_EQ(response.message().parts().size(), 1U);
    const auto& citations = response.message().parts()[0].citations();
    ASSERT_EQ(citations.size(), 1U);
    EXPECT_EQ(citations[0].cited_text(), "The sky is blue.");
    EXPECT_TRUE(citations[0].start() && citations[0].end());
  }
}

TEST(CohereCalls, ToolsWholeAndStreamed) {
  const Simulator simulator;
  const Provider provider = create_provider(command(simulator));
  const Options options = Options().tools(weather());
  for (const bool streamed : {false, true}) {
    Messages messages = Messages().user("Use weather.");
    const Response first = streamed ? provider.stream(messages, options).collect() : provider.chat(messages, options);
    EXPECT_EQ(first.finish_reason(), FinishReason::tool_calls);
    ASSERT_EQ(first.tool_calls().size(), 1U);
    EXPECT_EQ(first.tool_calls()[0].name(), "weather");
    messages.add(first.message());
    messages.tool_result(first.tool_calls()[0].id(), "rain and wind");
    const Response second = streamed ? provider.stream(messages, options).collect() : provider.chat(messages, options);
    EXPECT_NE(second.content().find("rain and wind"), std::string::npos) << second.content();
  }
}

TEST(CohereCalls, ThinkingGoesBack) {
  const Simulator simulator(
      Scenario().rule(R"({"times": 1, "answer": {"reasoning": "A greeting.", "text": "Hello!"}})"));
  const Provider provider = create_provider(command(simulator));
  Messages messages = Messages().user("Hi");
  const Response first = provider.stream(messages).collect();
  EXPECT_EQ(first.reasoning(), "A greeting.");
  EXPECT_FALSE(provider.chat(messages.add(first.message()).user("Go on")).content().empty());
  EXPECT_NE(simulator.requests().back().body.find(R"({"type":"thinking","thinking":"A greeting."})"),
            std::string::npos);
}

TEST(CohereCalls, FaultsAreTypedErrors) {
  const Fault faults[] = {
      {R"({"status": 429, "error": {"message": "trial key"}})", ErrorKind::rate_limited},
      {R"({"status": 498, "error": {"message": "invalid api token"}})", ErrorKind::authentication},
      {R"({"status": 404, "error": {"message": "no"}})", ErrorKind::not_found},
      {R"({"html": "<html>oops</html>", "status": 500})", ErrorKind::server_error},
      {R"({"fault": {"cut_after_bytes": 300}})", ErrorKind::truncated},
      {R"({"fault": {"missing_finish": true}})", ErrorKind::truncated},
      {R"({"fault": {"broken_json": 2}})", ErrorKind::protocol},
      {R"({"fault": {"error_in_stream": {"after_events": 3, "message": "boom"}}})", ErrorKind::server_error},
  };
  for (const Fault& fault : faults) {
    const Simulator simulator(Scenario().rule(fault.rule));
    const Provider provider = create_provider(command(simulator).retry_config(RetryConfig().max_attempts(1)));
    const Result<Response> result = provider.stream("Hi there, how are you?").try_collect();
    ASSERT_FALSE(result) << fault.rule;
    EXPECT_EQ(result.error().kind(), fault.kind) << fault.rule << " " << result.error().what();
  }
}

TEST(CohereCalls, WhatIsOddIsReadAllTheSame) {
  const Simulator plain;
  const std::string expected = create_provider(command(plain)).chat("Hi").content();
  ASSERT_FALSE(expected.empty());
  for (const char* rule :
       {R"({"fault": {"unknown_events": true, "unknown_fields": true}})", R"({"fault": {"bytes_per_write": 1}})",
        R"({"fault": {"repeat_finish": 1}})", R"({"fault": {"ignore_stream": true}})",
        R"({"fault": {"missing_done": true}})", R"({"fault": {"missing_event_lines": true}})",
        R"({"fault": {"line_end": "crlf", "comment": "x"}})", R"({"fault": {"missing_blank_line": true}})",
        R"({"fault": {"data_after_done": "{\"cost\": 0.1}"}})"}) {
    const Simulator simulator(Scenario().rule(rule));
    const Result<Response> result = create_provider(command(simulator)).stream("Hi").try_collect();
    ASSERT_TRUE(result) << rule << result.error().what();
    EXPECT_EQ(result->content(), expected) << rule;
  }
}

TEST(CohereCalls, ModelsAreListed) {
  const Simulator simulator(Scenario().model("command-a-03-2025").model("embed-v4.0"));
  const auto models = create_provider(command(simulator)).list_models();
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].id(), "command-a-03-2025");
  EXPECT_EQ(models[0].context_window(), Count(256000));
}

TEST(CohereCalls, AllPagesOfModelsAreListed) {
  const Simulator simulator(many_models("command-"));
  const std::vector<ModelInfo> models = create_provider(command(simulator)).list_models();
  ASSERT_EQ(models.size(), 2500U);
  EXPECT_EQ(models[1000].id(), "command-1000");
  EXPECT_EQ(models[2499].id(), "command-2499");
  EXPECT_EQ(simulator.requests().size(), 3U);
}

}  // namespace
}  // namespace antiphon::test
