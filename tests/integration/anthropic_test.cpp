// Anthropic's protocol over real sockets: the simulator writes and checks it from the description alone.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

#include "integration/many_models.hpp"
#include "integration/reliability.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

ModelConfig claude_at(const Simulator& simulator, const std::string& model = "claude-opus-4-6") {
  return ModelConfig(model, providers::anthropic)
      .base_url(simulator.anthropic_base_url())
      .api_key("sk-planted-key")
      .retry_config(RetryConfig().initial_delay(1ms).max_delay(5ms));
}

Provider claude(const Simulator& simulator, const std::string& model = "claude-opus-4-6") {
  return create_provider(claude_at(simulator, model));
}

constexpr const char* everything = R"({"answer": {"blocks": [
  {"reasoning": ["hm", "m."]}, {"hidden_reasoning": "ZGF0YQ=="},
  {"extra": {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "Oslo"}}},
  {"extra": "{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srvtoolu_1\",\"content\":[{\"n\":1.0}]}"},
  {"text": ["Oslo: ", "é 👋"], "citations": [{"type": "web_search_result_location", "url": "https://x.example", "cited_text": "O"}]},
  {"tool_call": {"id": "toolu_1", "name": "weather", "arguments": {"city": "Oslo", "days": 2.0}}},
  {"tool_call": {"id": "toolu_2", "name": "now", "arguments": {}}}],
  "tokens": {"prompt": 2060, "cached": 2048, "completion": 90, "reasoning": 64}}})";

TEST(AnthropicCalls, BlockingAndStreamedAreTheSame) {
  Simulator simulator(Scenario().rule(everything));
  const Options options =
      Options().with(anthropic::Options().thinking_adaptive()).tools(Tool("weather", ""), Tool("now", ""));
  const Response whole = claude(simulator).chat("Weather?", options);
  const Response streamed = claude(simulator).stream("Weather?", options).collect();
  for (const Response* response : {&whole, &streamed}) {
    EXPECT_EQ(response->content(), "Oslo: é 👋");
    EXPECT_EQ(response->finish_reason(), FinishReason::tool_calls);
    ASSERT_EQ(response->tool_calls().size(), 2u);
    EXPECT_EQ(response->tool_calls()[0].name(), "weather");
    EXPECT_EQ(response->tool_calls()[1].arguments(), "{}");
    EXPECT_EQ(response->usage().input_tokens(), Count(2060));
    EXPECT_EQ(response->usage().cached_input_tokens(), Count(2048));
    EXPECT_EQ(response->usage().output_tokens(), Count(90));
    EXPECT_EQ(response->usage().reasoning_tokens(), Count(64));
    EXPECT_TRUE(response->warnings().empty()) << response->warnings()[0].message();
    EXPECT_FALSE(response->request_id().empty());
    std::vector<PartKind> kinds;
    for (const Part& part : response->message().parts()) kinds.push_back(part.kind());
    EXPECT_EQ(kinds, (std::vector{PartKind::reasoning, PartKind::unknown, PartKind::unknown, PartKind::unknown,
                                  PartKind::text, PartKind::tool_call, PartKind::tool_call}));
  }
  EXPECT_EQ(simulator.requests()[0].header("x-api-key"), "sk-planted-key");
}

// The simulator takes back only what it gave: seals, ids, results that are complete and come first.
TEST(AnthropicCalls, AConversationWithToolsGoesOn) {
  for (const bool streamed : {false, true}) {
    Simulator simulator(Scenario()
                            .rule(R"({"times": 1, )" + std::string(everything).substr(1))
                            .rule(R"({"answer": {"text": "Rain."}})"));
    const Provider provider = claude(simulator);
    const Options options =
        Options().with(anthropic::Options().thinking_adaptive()).tools(Tool("weather", ""), Tool("now", ""));
    Messages messages = Messages().system("Be brief.").user("Weather?");
    const Response first = streamed ? provider.stream(messages, options).collect() : provider.chat(messages, options);
    messages.add(first.message());
    for (const Part& call : first.tool_calls()) messages.tool_result(call.id(), "wet");
    const Result<Response> second = provider.try_chat(messages.user("And?"), options);
    ASSERT_TRUE(second) << second.error().what() << simulator.requests().back().body;
    EXPECT_EQ(second->content(), "Rain.");
  }
}

TEST(AnthropicCalls, EveryKindOfModelTakesWhatIsAsked) {
  Simulator simulator;
  const Messages messages = Messages().system("Be brief.").user("Hi").assistant("Hello").user("And?").assistant("{");
  const Tool tool =
      Tool("a.b", "d", R"({"type":"object","properties":{"n":{"type":"integer","minimum":1}}})").strict(true);
  const Options options =
      Options()
          .temperature(0.5)
          .top_p(0.9)
          .top_k(5)
          .max_tokens(200'000)
          .stop("x", " ")
          .user("u")
          .tools(tool)
          .tool_choice(ToolChoice::named("a.b"))
          .parallel_tool_calls(false)
          .response_format(JsonSchema(R"({"type":"object","properties":{"s":{"type":"string","minLength":2}}})"));
  for (const char* model :
       {"claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5", "claude-fable-5",
        "claude-fable-5-1", "claude-sonnet-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6",
        "claude-sonnet-4-6", "claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-1",
        "claude-next-9", "somebody-else"}) {
    for (const char* effort : {"", "none", "minimal", "low", "xhigh", "max"}) {
      Options asked = options;
      if (*effort != 0) asked.reasoning_effort(effort);
      const Result<Response> result = claude(simulator, model).try_chat(messages, asked);
      ASSERT_TRUE(result) << model << " " << effort << ": " << result.error().what()
                          << simulator.requests().back().body;
      EXPECT_FALSE(result->warnings().empty());
    }
    for (const auto& own : {anthropic::Options().thinking_budget(2048), anthropic::Options().thinking_adaptive(),
                            anthropic::Options().thinking_off()}) {
      const Result<Response> result = claude(simulator, model).try_chat("Hi", Options(options).with(own));
      ASSERT_TRUE(result) << model << ": " << result.error().what() << simulator.requests().back().body;
    }
  }
}

TEST(AnthropicCalls, ImagesAndDocumentsAndMarks) {
  Simulator simulator;
  const Messages messages = Messages()
                                .add(Message(Role::system, "s").with(anthropic::cache_control("1h")))
                                .add(Message(Role::user)
                                         .add(Part::text("Look."))
                                         .add(Part::image("\x89PNG\r\n\x1a\n", "image/jpeg"))
                                         .add(Part::image_url("https://x.example/a.png"))
                                         .add(Part::document("%PDF-1.4", "application/pdf", "a.pdf"))
                                         .add(Part::document("text", "text/markdown"))
                                         .with(anthropic::cache_control()));
  const Options options = Options()
                              .tools(Tool("f", "").with(anthropic::cache_control("1h")))
                              .with(anthropic::Options().service_tier("standard_only").beta("files-api-2025-04-14"));
  const Result<Response> result = claude(simulator).try_chat(messages, options);
  ASSERT_TRUE(result) << result.error().what() << simulator.requests().back().body;
  EXPECT_TRUE(result->warnings().empty());
  EXPECT_EQ(simulator.requests().back().header("anthropic-beta"), "files-api-2025-04-14");
  EXPECT_TRUE(result->usage().cache_write_tokens().known());
}

struct Failure {
  const char* rule;
  ErrorKind kind;
};

TEST(AnthropicCalls, FailuresThatPassAreTriedAgain) {
  const Failure failures[] = {
      {R"("status": 409, "error": {})", ErrorKind::conflict},
      {R"("status": 429, "error": {}, "headers": {"retry-after": "0"})", ErrorKind::rate_limited},
      {R"("status": 500, "error": {})", ErrorKind::server_error},
      {R"("status": 529, "error": {})", ErrorKind::overloaded},
      {R"("html": "<html><body>502 Bad Gateway</body></html>")", ErrorKind::server_error},
      {R"("fault": {"cut_before_headers": true})", ErrorKind::connection},
      {R"("fault": {"cut_after_bytes": 10})", ErrorKind::truncated},
      {R"("fault": {"error_in_stream": {"after_events": 0, "type": "overloaded_error"}})", ErrorKind::overloaded},
      {R"("fault": {"broken_json": 0})", ErrorKind::protocol},
      {R"("timing": {"never_answer": true})", ErrorKind::timeout},
  };
  for (const Failure& failure : failures) {
    for (const bool streamed : {false, true}) {
      if (!streamed && std::string_view(failure.rule).find("error_in_stream") != std::string_view::npos) continue;
      SCOPED_TRACE(std::string(failure.rule) + (streamed ? " streamed" : ""));
      Simulator simulator(Scenario()
                              .rule(R"({"times": 1, )" + std::string(failure.rule) + "}")
                              .rule(R"({"answer": {"text": "Good."}})"));
      ModelConfig config = claude_at(simulator);
      if (failure.kind == ErrorKind::timeout) config.timeouts(Timeouts().first_content(100ms));
      const Provider provider = create_provider(config);
      const Result<Response> result = ask(provider, streamed);
      ASSERT_TRUE(result) << result.error().what();
      EXPECT_EQ(result->content(), "Good.");
      ASSERT_EQ(result->attempts().size(), 2U);
      EXPECT_EQ(result->attempts()[0].error(), failure.kind);
    }
  }
}

TEST(AnthropicCalls, FailuresThatStayAreTyped) {
  const Failure failures[] = {
      {R"("status": 400, "error": {})", ErrorKind::invalid_request},
      {R"("status": 400, "error": {"message": "Your credit balance is too low to access the Anthropic API."})",
       ErrorKind::quota_exceeded},
      {R"("status": 400, "error": {"code": "enforced_spend_limit_reached"})", ErrorKind::quota_exceeded},
      {R"("status": 400, "error": {"message": "prompt is too long: 200001 tokens > 200000 maximum"})",
       ErrorKind::context_window_exceeded},
      {R"("status": 401, "error": {})", ErrorKind::authentication},
      {R"("status": 402, "error": {})", ErrorKind::quota_exceeded},
      {R"("status": 403, "error": {})", ErrorKind::permission},
      {R"("status": 404, "error": {})", ErrorKind::not_found},
      {R"("status": 413, "error": {})", ErrorKind::request_too_large},
  };
  for (const Failure& failure : failures) {
    for (const bool streamed : {false, true}) {
      SCOPED_TRACE(std::string(failure.rule) + (streamed ? " streamed" : ""));
      Simulator simulator(Scenario().rule("{" + std::string(failure.rule) + "}"));
      const Result<Response> result = ask(claude(simulator), streamed);
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().kind(), failure.kind) << result.error().what();
      EXPECT_EQ(result.error().attempts().size(), 1U);
      EXPECT_FALSE(result.error().request_id().empty());
      EXPECT_EQ(std::string(result.error().what()).find("sk-planted-key"), std::string::npos);
    }
  }
}

TEST(AnthropicCalls, AnErrorBehindTextKeepsTheText) {
  Simulator simulator(Scenario().rule(R"({"answer": {"chunks": ["one", " two", " three"]},
      "fault": {"error_in_stream": {"after_events": 5, "type": "overloaded_error", "message": "Overloaded"}}})"));
  std::string text;
  Stream stream = claude(simulator).stream("Hi");
  try {
    for (const Chunk& chunk : stream) text += chunk.content();
    FAIL() << "the stream ended well";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::overloaded);
    ASSERT_NE(error.partial(), nullptr);
    EXPECT_EQ(error.partial()->content(), text);
    EXPECT_FALSE(text.empty());
  }
}

TEST(AnthropicCalls, AFullStreamOfPingsIsAlive) {
  Simulator simulator(Scenario().rule(
      R"({"answer": {"chunks": ["a", "b"]}, "timing": {"between_chunks_ms": 300, "ping_every_ms": 10}})"));
  const Provider provider = create_provider(claude_at(simulator).timeouts(Timeouts().idle(200ms)));
  EXPECT_EQ(provider.stream("Hi").collect().content(), "ab");
}

TEST(AnthropicCalls, RefusalsAreNoFailures) {
  Simulator simulator(Scenario().rule(R"({"answer": {"refusal": "No."}})"));
  for (const bool streamed : {false, true}) {
    const Result<Response> result = ask(claude(simulator), streamed);
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->finish_reason(), FinishReason::content_filter);
    ASSERT_EQ(result->message().parts().size(), 1u);
    EXPECT_EQ(result->message().parts()[0].kind(), PartKind::refusal);
    EXPECT_EQ(result->message().parts()[0].text(), "No.");
  }
}

TEST(AnthropicCalls, AStructuredAnswerFollowsItsSchema) {
  Simulator simulator;
  const Options options = Options().response_format(
      JsonSchema(R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})"));
  for (const bool streamed : {false, true}) {
    const Result<Response> result = ask(claude(simulator), streamed, options);
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->content().rfind("{", 0), 0u) << result->content();
    EXPECT_NE(result->content().find("\"city\""), std::string::npos);
  }
}

TEST(AnthropicCalls, LimitsThatAreUsedUpAreWaitedFor) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "answer": {"text": "one"},
      "rate_limit": {"requests": {"limit": 60, "remaining": 0, "reset": "30s"}}})")
                          .rule(R"({"answer": {"text": "two"}})"));
  const Provider provider = claude(simulator);
  EXPECT_EQ(provider.chat("Hi").content(), "one");
  const Result<Response> result = provider.try_chat("Hi", Options().deadline(100ms));
  ASSERT_FALSE(result) << "the limit was used up, and the call went out";
  EXPECT_EQ(result.error().kind(), ErrorKind::rate_limited);
  EXPECT_EQ(simulator.requests().size(), 1u);
}

TEST(AnthropicCalls, Models) {
  Simulator simulator(Scenario().model("claude-a").model("claude-b"));
  const std::vector<ModelInfo> models = claude(simulator).list_models();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].id(), "claude-a");
  EXPECT_EQ(models[1].id(), "claude-b");
}

TEST(AnthropicCalls, AllPagesOfModelsAreListed) {
  const Simulator simulator(many_models("claude-"));
  const std::vector<ModelInfo> models = claude(simulator).list_models();
  ASSERT_EQ(models.size(), 2500U);
  EXPECT_EQ(models[1000].id(), "claude-1000");
  EXPECT_EQ(models[2499].id(), "claude-2499");
  EXPECT_EQ(simulator.requests().size(), 3U);
}

TEST(AnthropicCalls, AWrongKeyIsToldApart) {
  Simulator simulator(Scenario().api_key("right"));
  const Result<Response> result = claude(simulator).try_chat("Hi");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::authentication);
  EXPECT_TRUE(create_provider(claude_at(simulator).api_key("right")).try_chat("Hi"));
}

}  // namespace
}  // namespace antiphon::test
