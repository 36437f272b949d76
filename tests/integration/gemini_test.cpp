// Gemini over real sockets: with a key, on Vertex AI, and Claude there, against the simulator's reading of the
// protocols.

#include <gtest/gtest.h>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

#include "integration/many_models.hpp"
#include "support/failure.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* model = "gemini-3.1-pro-preview";
constexpr const char* project = "/v1/projects/p-1/locations/us-central1";

Scenario rule(const char* json) { return Scenario().rule(json); }

ModelConfig with_key(const Simulator& simulator) {
  return ModelConfig(model, providers::gemini)
      .base_url(simulator.url())
      .api_key("sk-test")
      .retry_config(RetryConfig().max_attempts(1));
}

ModelConfig on_vertex(const Simulator& simulator) {
  return ModelConfig(model, providers::vertex)
      .base_url(simulator.url() + project)
      .authenticator(bearer_key("token-1"))
      .retry_config(RetryConfig().max_attempts(1));
}

/// The same by key and on Vertex AI.
class Gemini : public testing::TestWithParam<bool> {
 protected:
  static ModelConfig config(const Simulator& simulator) {
    return GetParam() ? on_vertex(simulator) : with_key(simulator);
  }
  static std::string path(const char* method) {
    const std::string models = GetParam() ? std::string(project) + "/publishers/google" : std::string("/v1beta");
    return models + "/models/" + model + ":" + method;
  }
};

TEST_P(Gemini, Blocking) {
  Simulator simulator(rule(
      R"({"answer": {"text": "Hello there", "tokens": {"prompt": 2060, "cached": 2048, "completion": 90, "reasoning": 64}}})"));
  const Response response = create_provider(config(simulator)).chat(Messages().system("Be brief.").user("Hi"));
  EXPECT_EQ(response.content(), "Hello there");
  EXPECT_EQ(response.finish_reason(), FinishReason::stop);
  EXPECT_EQ(response.raw_finish_reason(), "STOP");
  EXPECT_EQ(response.usage().input_tokens(), Count(2060));
  EXPECT_EQ(response.usage().cached_input_tokens(), Count(2048));
  EXPECT_EQ(response.usage().output_tokens(), Count(90));
  EXPECT_EQ(response.usage().reasoning_tokens(), Count(64));
  EXPECT_EQ(response.model(), model);
  EXPECT_TRUE(response.warnings().empty());
  const RecordedRequest request = simulator.requests().at(0);
  EXPECT_EQ(request.target, path("generateContent"));
  EXPECT_EQ(request.header("x-goog-api-key"), GetParam() ? "" : "sk-test");
  EXPECT_EQ(request.header("authorization"), GetParam() ? "Bearer token-1" : "");
}

TEST_P(Gemini, Streamed) {
  Simulator simulator(rule(R"({"answer": {"reasoning": ["Hm", "m."], "chunks": ["Hello", " ", "wörld 🏁"]}})"));
  Stream stream =
      create_provider(config(simulator)).stream("Hi", Options().with(gemini::Options().include_thoughts(true)));
  std::vector<std::string> pieces;
  std::string thoughts;
  for (const Chunk& chunk : stream) {
    if (chunk.kind() == ChunkKind::content) pieces.push_back(chunk.text());
    if (chunk.kind() == ChunkKind::reasoning) thoughts += chunk.text();
  }
  EXPECT_EQ(pieces, (std::vector<std::string>{"Hello", " ", "wörld 🏁"}));
  EXPECT_EQ(thoughts, "Hmm.");
  EXPECT_EQ(simulator.requests().at(0).target, path("streamGenerateContent?alt=sse"));
}

TEST_P(Gemini, ToolsAndSealsGoRound) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "answer": {"blocks": [{"reasoning": "Look it up."},
                                   {"tool_call": {"id": "c1", "name": "weather", "arguments": {"city": "Oslo"}}},
                                   {"tool_call": {"id": "c2", "name": "weather", "arguments": {"city": "Rome"}}}]}})")
                          .rule(R"({"answer": {"text": "Rain and sun."}})"));
  const Provider provider = create_provider(config(simulator));
  const Tool weather(
      "weather", "Of a city.",
      R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false})");
  const Options options = Options().tools(weather).strict();
  for (const bool streams : {false, true}) {
    simulator.reset();
    Messages history = Messages().user("The weather in Oslo and Rome?");
    const Response first = streams ? provider.stream(history, options).collect() : provider.chat(history, options);
    EXPECT_EQ(first.finish_reason(), FinishReason::tool_calls);
    ASSERT_EQ(first.tool_calls().size(), 2u);
    EXPECT_EQ(first.tool_calls()[1].arguments(), R"({"city":"Rome"})");
    history.add(first.message()).tool_result("c1", "rain").tool_result("c2", R"({"sky":"sun"})");
    // The simulator refuses calls without their seal, or with another one.
    const Response second = provider.chat(history, options);
    EXPECT_EQ(second.content(), "Rain and sun.");
    history.add(second.message()).user("Thanks");
    EXPECT_EQ(provider.chat(history, options).content(), "Rain and sun.");
  }
}

TEST_P(Gemini, EverythingThatARequestMayHold) {
  Simulator simulator;
  const Options options =
      Options()
          .temperature(0.5)
          .top_p(0.9)
          .top_k(40)
          .max_tokens(100)
          .stop("a", "b")
          .seed(7)
          .reasoning_effort("low")
          .response_format(JsonSchema(R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]})"))
          .tools(Tool("f", "").strict(true), gemini::google_search())
          .with(gemini::Options()
                    .safety("HARM_CATEGORY_HARASSMENT", "BLOCK_NONE")
                    .media_resolution("MEDIA_RESOLUTION_LOW")
                    .server_side_tool_invocations(true))
          .strict();
  const std::string picture("\x89PNG\r\n\x1a\n", 8);
  const Messages messages = Messages().system("s").add(
      Message(Role::user)
          .add(Part::text("Zwölf 十二 اثنا बारह 👩‍👩‍👧"))
          .add(Part::image(picture, "image/png").with(gemini::media_resolution("MEDIA_RESOLUTION_HIGH"))));
  const Result<Response> response = create_provider(config(simulator)).try_chat(messages, options);
  ASSERT_TRUE(response) << response.error().what() << response.error().provider_message();
  EXPECT_TRUE(response->warnings().empty());
}

TEST_P(Gemini, OlderModelsGetWhatTheyKnow) {
  Simulator simulator;
  const Options options =
      Options().tools(Tool("f", "", R"({"type":"object","properties":{"x":{"type":"string","const":"y"}}})"));
  for (const char* older : {"gemini-2.0-flash", "gemini-2.5-flash"}) {
    ModelConfig config = GetParam() ? ModelConfig(older, providers::vertex).base_url(simulator.url() + project)
                                    : ModelConfig(older, providers::gemini).base_url(simulator.url());
    const Result<Response> response = create_provider(config).try_chat("Hi", options);
    EXPECT_TRUE(response) << older << response.error().provider_message();
  }
}

TEST_P(Gemini, BlockedPrompts) {
  Simulator simulator(rule(R"({"answer": {"text": "", "failed": {"type": "PROHIBITED_CONTENT"}}})"));
  const Provider provider = create_provider(config(simulator));
  for (const bool streams : {false, true}) {
    const Response response = streams ? provider.stream("Hi").collect() : provider.chat("Hi");
    EXPECT_EQ(response.finish_reason(), FinishReason::content_filter);
    EXPECT_EQ(response.raw_finish_reason(), "PROHIBITED_CONTENT");
    EXPECT_EQ(response.content(), "");
  }
}

struct Ending {
  const char* name;
  const char* rule;
  std::optional<ErrorKind> stream;
  std::optional<ErrorKind> whole;
};

// The answer is `one two three four five`; each event has more than 200 bytes.
const Ending endings[] = {
    {"finish missing", R"("fault": {"missing_finish": true})", ErrorKind::truncated, {}},
    {"finish twice, usage twice", R"("fault": {"repeat_finish": 1, "repeat_usage": true})", {}, {}},
    {"cut", R"("fault": {"cut_after_bytes": 600})", ErrorKind::truncated, {}},
    {"reset before headers", R"("fault": {"cut_before_headers": true, "cut_by": "rst"})", ErrorKind::connection,
     ErrorKind::connection},
    {"one byte per write", R"("fault": {"bytes_per_write": 1})", {}, {}},
    {"line ends", R"("fault": {"line_end": "cr"})", {}, {}},
    {"byte order mark", R"("fault": {"bom": true})", {}, {}},
    {"comments", R"("fault": {"comment": "still here"})", {}, {}},
    {"gzip", R"("fault": {"gzip": true})", {}, {}},
    {"a whole answer to a stream", R"("fault": {"ignore_stream": true})", {}, {}},
    {"an error in the stream",
     R"("fault": {"error_in_stream": {"after_events": 2, "status": 503, "message": "Overloaded."}})",
     ErrorKind::overloaded,
     {}},
    {"broken JSON", R"("fault": {"broken_json": 2})", ErrorKind::protocol, ErrorKind::protocol},
    {"unknown events and fields", R"("fault": {"unknown_events": true, "unknown_fields": true})", {}, {}},
    {"data behind the end", R"("fault": {"data_after_done": "{\"cost\": 0.1}"})", {}, {}},
    {"a bad request", R"("status": 400, "error": {"message": "no"})", ErrorKind::invalid_request,
     ErrorKind::invalid_request},
    {"a wrong key", R"("status": 400, "error": {"message": "no", "code": "API_KEY_INVALID"})",
     ErrorKind::authentication, ErrorKind::authentication},
    {"overloaded", R"("status": 503, "error": {"message": "busy"})", ErrorKind::overloaded, ErrorKind::overloaded},
    {"a page", R"("html": "<html>502</html>")", ErrorKind::server_error, ErrorKind::server_error},
    {"a day's quota",
     R"("status": 429, "error": {"message": "q", "details": [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "RequestsPerDay"}]}]})",
     ErrorKind::quota_exceeded, ErrorKind::quota_exceeded},
};

TEST_P(Gemini, Faults) {
  Simulator simulator;
  const Provider provider = create_provider(config(simulator));
  for (const Ending& ending : endings) {
    const bool has_answer = std::string_view(ending.rule).find("\"fault\"") == 0;
    const std::string text = has_answer ? R"("answer": {"chunks": ["one", " two", " three", " four", " five"]}, )" : "";
    simulator.set_scenario(Scenario().rule("{" + text + ending.rule + "}"));
    for (const bool streams : {true, false}) {
      const std::optional<ErrorKind>& expected = streams ? ending.stream : ending.whole;
      Stream stream = provider.stream("Hi");
      const Result<Response> result = streams ? stream.try_collect() : provider.try_chat("Hi");
      if (!expected) {
        ASSERT_TRUE(result) << ending.name << streams << ": " << result.error().what();
        EXPECT_EQ(result->content(), "one two three four five") << ending.name;
      } else {
        ASSERT_FALSE(result) << ending.name << streams;
        EXPECT_EQ(result.error().kind(), *expected) << ending.name << streams << ": " << result.error().what();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Both, Gemini, testing::Bool(), [](const auto& made) { return made.param ? "Vertex" : "Key"; });

// providers.md §4.7, trap 25: the wait stands in the body.
TEST(GeminiRetry, WaitsAsLongAsTheBodySays) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "status": 429, "error": {"message": "slow", "retry_after": 0.02}})")
                          .rule(R"({"answer": {"text": "ok"}})"));
  const Provider provider = create_provider(with_key(simulator).retry_config(RetryConfig().max_attempts(2)));
  const Response response = provider.chat("Hi");
  EXPECT_EQ(response.content(), "ok");
  ASSERT_EQ(response.attempts().size(), 2u);
  EXPECT_EQ(response.attempts()[0].status(), 429);
  EXPECT_GE(response.attempts()[1].waited(), 20ms);
}

TEST(GeminiModels, AreListedWithTheirWindows) {
  Simulator simulator(Scenario().model("gemini-a").model("gemini-b"));
  const std::vector<ModelInfo> models = create_provider(with_key(simulator)).list_models();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].id(), "gemini-a");
  EXPECT_EQ(models[0].context_window(), Count(1048576));
  const Result<std::vector<ModelInfo>> none = create_provider(on_vertex(simulator)).try_list_models();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind(), ErrorKind::unsupported);
  EXPECT_EQ(none.error().where(), "models");
}

TEST(GeminiModels, AllPagesAreListed) {
  const Simulator simulator(many_models("gemini-"));
  const std::vector<ModelInfo> models = create_provider(with_key(simulator)).list_models();
  ASSERT_EQ(models.size(), 2500U);
  EXPECT_EQ(models[1000].id(), "gemini-1000");
  EXPECT_EQ(models[2499].id(), "gemini-2499");
  EXPECT_EQ(simulator.requests().size(), 3U);
}

// providers.md §4.6: arguments value by value.
TEST(GeminiVertex, ArgumentsMayStream) {
  Simulator simulator(rule(R"({"answer": {"tool_calls": [{"name": "f", "arguments":
      {"where": {"city": "São \"Paulo\"", "at": [1, 2.5]}, "dry": true, "note": null}}]}})"));
  const Options options = Options()
                              .tools(Tool("f", "", R"({"type":"object","properties":{"where":{"type":"object"}}})"))
                              .with(gemini::Options().stream_function_call_arguments(true));
  const Provider provider = create_provider(on_vertex(simulator));
  Messages history("Call it");
  const Response response = provider.stream(history, options).collect();
  ASSERT_EQ(response.tool_calls().size(), 1u);
  EXPECT_EQ(response.tool_calls()[0].arguments(),
            R"({"where":{"city":"São \"Paulo\"","at":[1,2.5E0]},"dry":true,"note":null})");
  history.add(response.message()).tool_result(response.tool_calls()[0].id(), "done");
  const Result<Response> next = provider.try_chat(history, options);
  EXPECT_TRUE(next) << next.error().provider_message();
}

TEST(GeminiVertex, Labels) {
  Simulator simulator;
  create_provider(on_vertex(simulator)).chat("Hi", Options().metadata("team", "a").strict());
  EXPECT_NE(simulator.requests().at(0).body.find(R"("labels":{"team":"a"})"), std::string::npos);
}

// providers.md §3.11
TEST(ClaudeOnVertex, WholeAndStreamed) {
  Simulator simulator(rule(R"({"answer": {"text": "Hello there"}})"));
  const Provider provider = create_provider(ModelConfig("claude-opus-4-1@20250805", providers::anthropic_vertex)
                                                .base_url(simulator.url() + project)
                                                .authenticator(bearer_key("token-1")));
  EXPECT_EQ(provider.chat("Hi").content(), "Hello there");
  EXPECT_EQ(provider.stream("Hi").collect().content(), "Hello there");
  const std::string path = std::string(project) + "/publishers/anthropic/models/claude-opus-4-1@20250805:";
  EXPECT_EQ(simulator.requests().at(0).target, path + "rawPredict");
  EXPECT_EQ(simulator.requests().at(1).target, path + "streamRawPredict");
  EXPECT_EQ(simulator.requests().at(1).header("authorization"), "Bearer token-1");
}

}  // namespace
}  // namespace antiphon::test
