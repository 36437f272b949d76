// The Responses API over real sockets, against the simulator, which writes it from the protocol by itself.

#include <gtest/gtest.h>

#include <string>

#include <antiphon/antiphon.hpp>
#include <antiphon/credentials.hpp>
#include <antiphon/openai.hpp>
#include <antiphon/simulator.hpp>

#include "integration/reliability.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

ModelConfig responses_at(const Simulator& simulator, const std::string& model = "gpt-4o") {
  return ModelConfig(model, providers::openai_responses)
      .base_url(simulator.openai_base_url())
      .api_key("k")
      .retry_config(RetryConfig().initial_delay(1ms).max_delay(5ms));
}

Scenario answering(const std::string& answer) { return Scenario().rule(R"({"answer": )" + answer + "}"); }

constexpr const char* weather = R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})";

TEST(Responses, AChatAndAStreamGiveTheSame) {
  Simulator simulator(answering(R"({"chunks": ["Hello", ", ", "world"], "reasoning": "A greeting.",
      "tokens": {"prompt": 20, "cached": 8, "completion": 9, "reasoning": 4}})"));
  const Provider provider = create_provider(responses_at(simulator, "gpt-5"));
  for (const bool streamed : {false, true}) {
    const Result<Response> result =
        ask(provider, streamed, Options().with(openai::Options().reasoning_summary("auto").store(false)));
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->content(), "Hello, world");
    EXPECT_EQ(result->finish_reason(), FinishReason::stop);
    EXPECT_EQ(result->raw_finish_reason(), "completed");
    EXPECT_EQ(result->usage().input_tokens(), Count(20));
    EXPECT_EQ(result->usage().cached_input_tokens(), Count(8));
    EXPECT_EQ(result->usage().output_tokens(), Count(9));
    EXPECT_EQ(result->usage().reasoning_tokens(), Count(4));
    ASSERT_EQ(result->message().parts().size(), 2U);
    EXPECT_EQ(result->message().parts()[0].kind(), PartKind::reasoning);
    EXPECT_EQ(result->message().parts()[0].text(), "A greeting.");
    EXPECT_NE(result->message().parts()[0].raw().find("encrypted_content"), std::string::npos);
  }
}

/// Calls `f` for a chat and for a stream.
template <class F>
void both_ways(const Provider& provider, const Messages& messages, const Options& options, F&& f) {
  for (const bool streamed : {false, true}) {
    const Result<Response> result =
        streamed ? provider.stream(messages, options).try_collect() : provider.try_chat(messages, options);
    f(result);
  }
}

TEST(Responses, AConversationWithToolsGoesRound) {
  Simulator simulator(Scenario()
                          .rule(R"({"match": {"nth": 1}, "answer": {"reasoning": "Look it up.",
        "tool_calls": [{"id": "call_1", "name": "weather", "arguments": {"city": "Oslo"}},
                       {"id": "call_2", "name": "weather", "arguments": {"city": "Rome"}}]}})")
                          .rule(R"({"answer": {"text": "Rain in Oslo."}})"));
  const Provider provider = create_provider(responses_at(simulator, "gpt-5"));
  const Options options = Options().tools(Tool("weather", "tells the weather", weather));
  Messages messages = Messages().system("Be brief.").user("Weather in Oslo and Rome?");
  const Response first = provider.chat(messages, options);
  ASSERT_EQ(first.tool_calls().size(), 2U);
  EXPECT_EQ(first.finish_reason(), FinishReason::tool_calls);
  EXPECT_EQ(first.tool_calls()[1].arguments(), R"({"city":"Rome"})");
  messages.add(first.message()).tool_result("call_1", "rain").tool_result("call_2", "sun");
  // The simulator refuses reasoning that is not before its calls, calls without results, and other bytes than its own.
  const Response last = provider.chat(messages, options);
  EXPECT_EQ(last.content(), "Rain in Oslo.");
  messages.add(last.message()).user("And tomorrow?");
  EXPECT_TRUE(provider.stream(messages, options).try_collect());
}

TEST(Responses, ToolCallsStream) {
  Simulator simulator(answering(
      R"({"tool_calls": [{"id": "call_1", "name": "weather", "arguments": {"city": "Oslo"}},
                         {"id": "call_2", "name": "weather", "arguments": {"city": "Rome"}}]})"));
  const Provider provider = create_provider(responses_at(simulator));
  std::string arguments;
  int calls = 0;
  for (const Chunk& chunk : provider.stream("Hi", Options().tools(Tool("weather", "", weather)))) {
    if (chunk.kind() == ChunkKind::tool_call_delta && chunk.tool_index() == 1) arguments += chunk.text();
    if (chunk.kind() == ChunkKind::tool_call) ++calls;
  }
  EXPECT_EQ(arguments, R"({"city":"Rome"})");
  EXPECT_EQ(calls, 2);
}

TEST(Responses, ItemsThatWeDoNotKnowGoBackAsTheyCame) {
  Simulator simulator(Scenario()
                          .rule(R"({"match": {"nth": 1}, "answer": {"blocks": [{"text": "Wait."},
        {"extra": "{\"type\":\"web_search_call\",\"id\":\"ws_1\",\"status\":\"completed\",\"action\":{\"type\":\"search\",\"n\":1.0}}"},
        {"text": "It rains.", "citations": [{"type": "url_citation", "url": "https://example.com", "title": "Oslo",
                                             "start_index": 0, "end_index": 2}]}]}})")
                          .rule(R"({"answer": {"text": "Bye."}})"));
  const Provider provider = create_provider(responses_at(simulator));
  Messages messages = Messages().user("Weather?");
  const Options search = Options().tools(Tool::provider_defined("openai", Json(R"({"type":"web_search"})")));
  const Response first = provider.stream(messages, search).collect();
  ASSERT_EQ(first.message().parts().size(), 3U);
  EXPECT_EQ(first.message().parts()[1].kind(), PartKind::unknown);
  ASSERT_EQ(first.message().parts()[2].citations().size(), 1U);
  EXPECT_EQ(first.message().parts()[2].citations()[0].url(), "https://example.com");
  provider.chat(messages.add(first.message()).user("Thanks."), search);
  EXPECT_NE(simulator.requests()[1].body.find(R"("action":{"type":"search","n":1.0})"), std::string::npos)
      << simulator.requests()[1].body;
}

TEST(Responses, ARefusalAndACutAnswer) {
  Simulator simulator(answering(R"({"refusal": "I cannot."})"));
  both_ways(create_provider(responses_at(simulator)), "Hi", Options(), [](const Result<Response>& result) {
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->message().parts().at(0).kind(), PartKind::refusal);
    EXPECT_EQ(result->message().parts().at(0).text(), "I cannot.");
  });
  Simulator short_of(answering(R"({"text": "Hel", "finish_reason": "length"})"));
  both_ways(create_provider(responses_at(short_of)), "Hi", Options(), [](const Result<Response>& result) {
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->finish_reason(), FinishReason::length);
    EXPECT_EQ(result->raw_finish_reason(), "max_output_tokens");
  });
}

TEST(Responses, AStructuredAnswer) {
  Simulator simulator;
  const Provider provider = create_provider(responses_at(simulator));
  const Options options = Options().response_format(JsonSchema(
      R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false})"));
  const Response response = provider.chat("Give JSON.", options);
  EXPECT_TRUE(Json(response.content()).check().empty()) << response.content();
  EXPECT_NE(simulator.requests()[0].body.find(R"("format":{"type":"json_schema","name":"answer")"), std::string::npos);
}

TEST(Responses, TheServerTakesEveryOption) {
  Simulator simulator;
  const Provider provider = create_provider(responses_at(simulator, "gpt-5"));
  openai::Options own;
  own.reasoning_effort("low").reasoning_summary("auto").verbosity("low").service_tier("flex").store(true);
  own.prompt_cache_key("k")
      .safety_identifier("u")
      .include(Json(R"(["reasoning.encrypted_content"])"))
      .max_tool_calls(3);
  own.truncation("disabled").include_obfuscation(false);
  both_ways(provider, "Hi", Options().with(own).max_tokens(500).metadata("k", "v").strict(),
            [](const Result<Response>& result) { EXPECT_TRUE(result) << result.error().what(); });
  const Response first = provider.chat("Hi");
  const Response second = provider.chat("And?", Options().with(openai::Options().previous_response_id(first.id())));
  EXPECT_FALSE(second.content().empty());
}

// Each fault that a stream of this protocol can have.

Error fault(const std::string& fault, const std::string& answer = R"({"chunks": ["one ", "two ", "three"]})") {
  Simulator simulator(Scenario().rule(R"({"answer": )" + answer + R"(, "fault": )" + fault + "}"));
  const Provider provider = create_provider(responses_at(simulator).retry_config(RetryConfig().max_attempts(1)));
  const Result<Response> result = provider.stream("Hi").try_collect();
  if (!result) return result.error();
  ADD_FAILURE() << fault << " was not noticed: " << result->content();
  return Error(ErrorKind::internal, "none");
}

Result<Response> harmless(const std::string& rest) {
  Simulator simulator(Scenario().rule(R"({"answer": {"chunks": ["one ", "two ", "three"])" + rest + "}"));
  return create_provider(responses_at(simulator)).stream("Hi").try_collect();
}

TEST(ResponsesFaults, AnErrorInsideTheAnswer) {
  const Error error =
      fault(R"({"error_in_stream": {"after_events": 6, "type": "server_error", "code": "rate_limit_exceeded",
      "message": "Too much."}})");
  EXPECT_EQ(error.kind(), ErrorKind::rate_limited) << error.what();
  EXPECT_EQ(error.provider_message(), "Too much.");
  EXPECT_EQ(error.http_status(), 200);
}

TEST(ResponsesFaults, AResponseThatFailed) {
  Simulator simulator(answering(R"({"failed": {"code": "server_error", "message": "boom"}})"));
  const Provider provider = create_provider(responses_at(simulator).retry_config(RetryConfig().max_attempts(1)));
  both_ways(provider, "Hi", Options(), [](const Result<Response>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::server_error);
    EXPECT_EQ(result.error().provider_code(), "server_error");
    EXPECT_EQ(result.error().provider_message(), "boom");
  });
}

TEST(ResponsesFaults, AStreamThatBreaksOff) {
  const Error unfinished = fault(R"({"missing_finish": true})");
  EXPECT_EQ(unfinished.kind(), ErrorKind::truncated);
  ASSERT_NE(unfinished.partial(), nullptr);
  EXPECT_EQ(unfinished.partial()->content(), "one two three");
  EXPECT_EQ(fault(R"({"broken_json": 6})").kind(), ErrorKind::protocol);
}

TEST(ResponsesFaults, WhatDoesNoHarm) {
  for (const char* rest :
       {R"(}, "fault": {"unknown_events": true, "unknown_fields": true})", R"(}, "fault": {"repeat_finish": 1})",
        R"(}, "fault": {"data_after_done": "{\"cost\": 0.1}"})", R"(, "changing_item_ids": true})",
        R"(, "without_part_ends": true})", R"(, "changing_item_ids": true, "without_part_ends": true})",
        R"(}, "fault": {"broken_utf8": {"event": 4, "field": "unknown"}})"}) {
    const Result<Response> result = harmless(rest);
    ASSERT_TRUE(result) << rest << ": " << result.error().what();
    EXPECT_EQ(result->content(), "one two three") << rest;
  }
  const Result<Response> again = harmless(R"(}, "fault": {"restart_after_events": 6})");
  ASSERT_TRUE(again) << again.error().what();
  EXPECT_EQ(again->content(), "one two three");
  ASSERT_EQ(again->warnings().size(), 1U);
  EXPECT_EQ(again->warnings()[0].where(), "response.created");
}

TEST(ResponsesFaults, AFailureBeforeTheFirstWordIsTriedAgain) {
  // The item has begun and says nothing yet.
  Simulator simulator(Scenario()
                          .rule(R"({"match": {"nth": 1}, "fault": {"error_in_stream": {"after_events": 3,
        "type": "server_error", "code": "server_error", "message": "x"}}})")
                          .rule(R"({"answer": {"text": "Hello"}})"));
  const Result<Response> result = create_provider(responses_at(simulator)).stream("Hi").try_collect();
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "Hello");
  EXPECT_EQ(in_words(result), "gpt-4o server_error, gpt-4o well");
}

TEST(ResponsesFaults, RefusalsOfTheServerAreTyped) {
  Simulator simulator;
  const Provider provider = create_provider(responses_at(simulator));
  const auto refused = [&](const Options& options) {
    const Result<Response> result = provider.try_chat("Hi", options);
    EXPECT_FALSE(result);
    return result ? Error(ErrorKind::internal, "none") : result.error();
  };
  const Error unknown = refused(Options().extra(R"({"stop": ["x"]})"));
  EXPECT_EQ(unknown.kind(), ErrorKind::invalid_request);
  EXPECT_EQ(unknown.http_status(), 400);
  const Error previous = refused(Options().with(openai::Options().previous_response_id("resp_nobody_has")));
  EXPECT_EQ(previous.provider_code(), "previous_response_not_found") << previous.what();
}

// Azure OpenAI: other addresses and another header, the same protocols.

TEST(Azure, BothApisInBothFormsOfTheAddress) {
  Simulator simulator;
  const std::string root = simulator.openai_base_url().substr(0, simulator.openai_base_url().size() - 3);
  struct Form {
    const char* provider;
    const char* base;
    const char* target;
    bool dated;
  };
  const Form forms[] = {
      {"azure", "/openai/v1", "/openai/v1/chat/completions", false},
      {"azure-responses", "/openai/v1", "/openai/v1/responses", false},
      {"azure", "/openai/deployments/gpt-4o", "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
       true},
      {"azure-responses", "/openai", "/openai/responses?api-version=2024-10-21", true},
  };
  for (const Form& form : forms) {
    ModelConfig config = ModelConfig("gpt-4o", form.provider).base_url(root + form.base).api_key("secret");
    if (form.dated) config.query("api-version", "2024-10-21");
    const Result<Response> result = create_provider(config).try_chat("Hi");
    EXPECT_TRUE(result) << form.target << ": " << result.error().what();
    const RecordedRequest request = simulator.requests().back();
    EXPECT_EQ(request.target, form.target);
    EXPECT_EQ(request.header("api-key"), "secret");
    EXPECT_EQ(request.header("authorization"), "") << "never both";
  }
}

TEST(Azure, AnEntraTokenTakesThePlaceOfTheKey) {
  Simulator simulator;
  const ModelConfig config = ModelConfig("gpt-4o", "azure-responses")
                                 .base_url(simulator.openai_base_url())
                                 .authenticator(AzureCredentials().entra_token("token"));
  const Result<Response> result = create_provider(config).try_chat("Hi");
  ASSERT_TRUE(result) << result.error().what();
  const RecordedRequest request = simulator.requests().back();
  EXPECT_EQ(request.header("authorization"), "Bearer token");
  EXPECT_EQ(request.header("api-key"), "") << "never both";
}

}  // namespace
}  // namespace antiphon::test
