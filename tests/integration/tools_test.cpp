// Tools that run, against the simulator on real sockets: it refuses calls without results, and results without calls,
// as the providers do.

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <thread>

#include <antiphon/describe.hpp>

#include "integration/reliability.hpp"
#include "support/coroutine.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

struct Place {
  std::string city;
};
void describe(Fields<Place>& fields) { fields.field("city", &Place::city); }

Tool weather() {
  return tool("weather", "Current weather of a city", [](const Place& place) { return "rain in " + place.city; });
}

enum class Protocol { openai_chat, openai_responses, anthropic, gemini, ollama };

class Tools : public testing::TestWithParam<Protocol> {
 protected:
  /// Calls until a request has results, then talks.
  static Scenario calling(const std::string& calls) {
    Scenario scenario;
    for (const char* sign :
         {R"(\"role\":\"tool\")", R"(\"tool_result\")", "functionResponse", "function_call_output"}) {
      scenario.rule(R"({"match": {"body_contains": ")" + std::string(sign) + R"("}, "answer": {"text": "It rains."}})");
    }
    return scenario.rule(R"({"answer": {"text": "Let me look. ", "tool_calls": )" + calls + "}}");
  }
  static Provider provider(const Simulator& simulator, ProviderOptions options = ProviderOptions()) {
    switch (GetParam()) {
      case Protocol::openai_chat:
        return create_provider(openai_at(simulator), std::move(options));
      case Protocol::ollama:
        return create_provider(ollama_at(simulator), std::move(options));
      case Protocol::openai_responses:
        return create_provider(
            ModelConfig("m", ProviderId("openai-responses")).base_url(simulator.openai_base_url()).api_key("k"),
            options);
      case Protocol::anthropic:
        return create_provider(ModelConfig("m", ProviderId("anthropic")).base_url(simulator.url()).api_key("k"),
                               options);
      case Protocol::gemini:
        return create_provider(ModelConfig("m", ProviderId("gemini")).base_url(simulator.url()).api_key("k"), options);
    }
    throw std::logic_error("no such protocol");
  }
};

constexpr const char* two_calls =
    R"([{"id": "c1", "name": "weather", "arguments": {"city": "Bergen in the rain, with a long name"}},
        {"id": "c2", "name": "weather", "arguments": {"city": "Oslo"}}])";

std::vector<std::string> results_of(const Messages& messages) {
  std::vector<std::string> results;
  for (const Message& message : messages) {
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::tool_result) results.push_back((part.is_error() ? "! " : "") + part.text());
    }
  }
  return results;
}

const std::vector<std::string> both{"rain in Bergen in the rain, with a long name", "rain in Oslo"};

TEST_P(Tools, ParallelCallsAreRunAndAnswered) {
  Simulator simulator(calling(two_calls));
  const Response response = provider(simulator).chat("Weather?", Options().max_tokens(100).tools(weather()));
  EXPECT_EQ(response.content(), "It rains.");
  EXPECT_EQ(results_of(response.history()), both);
  EXPECT_EQ(response.attempts().size(), 2U);
  EXPECT_EQ(simulator.requests().size(), 2U);
}

TEST_P(Tools, StreamsGoThrough) {
  Simulator simulator(calling(two_calls));
  Stream stream = provider(simulator).stream("Weather?", Options().max_tokens(100).tools(weather()));
  std::string text;
  std::vector<std::string> results;
  int finishes = 0;
  for (const Chunk& chunk : stream) {
    text += chunk.content();
    if (chunk.kind() == ChunkKind::tool_result) results.push_back(chunk.text());
    finishes += chunk.kind() == ChunkKind::finish ? 1 : 0;
  }
  EXPECT_EQ(text, "Let me look. It rains.");
  EXPECT_EQ(results, both);
  EXPECT_EQ(finishes, 1);
  ASSERT_NE(stream.response(), nullptr);
  EXPECT_EQ(stream.response()->content(), "It rains.");
  EXPECT_EQ(results_of(stream.response()->history()), both);
}

Coroutine await_tools(Provider model) {
  const Response response = co_await model.async_chat(
      "Weather?", Options().max_tokens(100).tools(weather()).tool_loop(ToolLoop().concurrency(2)));
  EXPECT_EQ(results_of(response.history()), both);
  Stream stream = model.stream("Weather?", Options().max_tokens(100).tools(weather()));
  std::string text;
  while (const Chunk* chunk = co_await stream.next()) text += chunk->content();
  EXPECT_EQ(text, "Let me look. It rains.");
}

TEST_P(Tools, CoroutinesAndCallbacks) {
  Simulator simulator(calling(two_calls));
  await_tools(provider(simulator)).wait();
  std::promise<Result<Response>> promise;
  provider(simulator)
      .async_chat("Weather?", Options().max_tokens(100).tools(weather()))
      .then([&](Result<Response> result) { promise.set_value(std::move(result)); });
  const Result<Response> result = promise.get_future().get();
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(results_of(result->history()), both);
}

TEST_P(Tools, BrokenCallsAreAnsweredAndTheConversationGoesOn) {
  Simulator simulator(calling(R"([{"id": "c1", "name": "nobody", "arguments": {}},
                                  {"id": "c2", "name": "weather", "arguments": {"town": 7}}])"));
  Conversation conversation(provider(simulator),
                            ConversationConfig().options(Options().max_tokens(100).tools(weather())));
  conversation.add_user_message("Weather?");
  for (int turn = 0; turn < 2; ++turn) {
    const Result<Response> result = conversation.try_continue_chat();
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->content(), "It rains.");
    conversation.add_user_message("And now?");
  }
  const std::vector<std::string> results = results_of(conversation.messages());
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0], "! there is no tool \"nobody\"; there are: weather");
  EXPECT_EQ(results[1],
            "! the arguments do not fit: /town: unknown; known here: city; /city: missing; expected a text");
}

std::string name_of(const testing::TestParamInfo<Protocol>& about) {
  switch (about.param) {
    case Protocol::openai_chat:
      return "OpenAiChat";
    case Protocol::openai_responses:
      return "OpenAiResponses";
    case Protocol::anthropic:
      return "Anthropic";
    case Protocol::gemini:
      return "Gemini";
    case Protocol::ollama:
      return "Ollama";
  }
  return "None";
}

INSTANTIATE_TEST_SUITE_P(Protocols, Tools,
                         testing::Values(Protocol::openai_chat, Protocol::openai_responses, Protocol::anthropic,
                                         Protocol::gemini, Protocol::ollama),
                         name_of);

Scenario calling_f(int times) {
  std::string calls;
  for (int i = 0; i < times; ++i) {
    calls +=
        (i == 0 ? "" : ",") + std::string(R"({"id": "c)") + std::to_string(i) + R"(", "name": "f", "arguments": {}})";
  }
  return Scenario()
      .rule(R"({"match": {"body_contains": "\"role\":\"tool\""}, "answer": {"text": "Done."}})")
      .rule(R"({"answer": {"tool_calls": [)" + calls + "]}}");
}

TEST(ToolArguments, ThatAreNoJsonAreAnErrorTheModelSees) {
  // Chat Completions sends them as text; the other protocols have JSON there.
  Simulator simulator(
      Scenario()
          .rule(R"({"match": {"body_contains": "\"role\":\"tool\""}, "answer": {"text": "Sorry."}})")
          .rule(R"({"answer": {"tool_calls": [{"id": "c", "name": "weather", "arguments": "{\"city\": \"Os"}]}})"));
  Conversation conversation(create_provider(openai_at(simulator)));
  conversation.add_user_message("Weather?");
  for (const bool streamed : {false, true}) {
    const Options options = Options().tools(weather());
    const Result<Response> result =
        streamed ? conversation.stream_chat(options).try_collect() : conversation.try_continue_chat(options);
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->content(), "Sorry.");
    if (!streamed) {
      ASSERT_EQ(results_of(result->history()).size(), 1U);
      EXPECT_EQ(results_of(result->history())[0].rfind("! the arguments are not JSON: byte ", 0), 0U);
    }
  }
}

TEST(ToolThreads, FunctionsRunBesideEachOtherAndMayBlock) {
  Simulator simulator(calling_f(3));
  std::latch all(3);
  const auto f = tool("f", "", [&all] { all.arrive_and_wait(); });
  const Response response =
      create_provider(openai_at(simulator)).chat("Hi", Options().tools(f).tool_loop(ToolLoop().concurrency(3)));
  EXPECT_EQ(results_of(response.history()), (std::vector<std::string>(3, "done")));
}

TEST(ToolThreads, AToolMayAskTheSameModelAndWait) {
  Simulator simulator(calling_f(2));
  const Provider provider = create_provider(openai_at(simulator));
  const auto inner = tool("f", "", [] { return "leaf"; });
  const auto f = tool("f", "", [&] { return provider.chat("deeper", Options().tools(inner)).content(); });
  const Response response = provider.chat("Hi", Options().tools(f).tool_loop(ToolLoop().concurrency(2)));
  EXPECT_EQ(results_of(response.history()), (std::vector<std::string>(2, "Done.")));
}

TEST(ToolThreads, ThrowsIntoNobodysFace) {
  Simulator simulator(calling_f(1));
  const auto f = tool("f", "", [] { throw Error(ErrorKind::connection, "no database"); });
  const Response response = create_provider(openai_at(simulator)).chat("Hi", Options().tools(f));
  ASSERT_EQ(results_of(response.history()).size(), 1U);
  EXPECT_NE(results_of(response.history())[0].find("no database"), std::string::npos);
}

/// A function that goes on until it is told to stop.
class Endless {
 public:
  Tool as_tool() {
    return tool("f", "", [this](const ToolCall& call) {
      std::promise<void> stopped;
      const std::stop_callback on_stop(call.stop_token(), [&] { stopped.set_value(); });
      begun_.set_value();
      stopped.get_future().wait();
      returned_ = true;
      return "too late";
    });
  }
  void wait_until_it_runs() { begun_.get_future().wait(); }
  bool returned() const { return returned_; }

 private:
  std::promise<void> begun_;
  std::atomic<bool> returned_{false};
};

TEST(ToolThreads, CancellingStopsAToolAndWaitsForIt) {
  Simulator simulator(calling_f(2));
  Conversation conversation(create_provider(openai_at(simulator)));
  conversation.add_user_message("Hi");
  Endless endless;
  std::stop_source stop;
  std::thread other([&] {
    endless.wait_until_it_runs();
    stop.request_stop();
  });
  const Result<Response> result =
      conversation.try_continue_chat(Options().tools(endless.as_tool()).cancel_on(stop.get_token()));
  EXPECT_TRUE(endless.returned());
  other.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
  // What the first said counts; the second was not begun. The history can be sent again.
  EXPECT_EQ(results_of(conversation.messages()),
            (std::vector<std::string>{"too late", "! not run: the call was cancelled"}));
  EXPECT_TRUE(conversation.try_continue_chat());
}

TEST(ToolThreads, TheEndOfTheEngineStopsATool) {
  Simulator simulator(calling_f(1));
  Endless endless;
  std::promise<Result<Response>> ended;
  {
    const Engine engine;
    create_provider(openai_at(simulator), ProviderOptions().engine(engine))
        .async_chat("Hi", Options().tools(endless.as_tool()))
        .then([&](Result<Response> result) { ended.set_value(std::move(result)); });
    endless.wait_until_it_runs();
  }
  EXPECT_TRUE(endless.returned());
  const Result<Response> result = ended.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
}

TEST(ToolThreads, ADestroyedStreamStopsATool) {
  Simulator simulator(calling_f(1));
  Endless endless;
  Engine engine;
  {
    Stream stream = create_provider(openai_at(simulator), ProviderOptions().engine(engine))
                        .stream("Hi", Options().tools(endless.as_tool()));
    std::thread reader([&] {
      for (const Chunk& chunk : stream) {
        if (chunk.kind() == ChunkKind::tool_call) break;
      }
    });
    reader.join();
    endless.wait_until_it_runs();
  }
  engine = Engine();
  EXPECT_TRUE(endless.returned());
}

TEST(ToolThreads, LoggersHearOfTools) {
  Simulator simulator(calling_f(1));
  const auto log = std::make_shared<EventLog>();
  const Provider provider = create_provider(openai_at(simulator), ProviderOptions().logger(log));
  (void)provider.chat("Hi", Options().tools(tool("f", "", [] {})));
  log->wait_for("tool.start");
  log->wait_for("tool.end");
}

TEST(ToolFallback, EachRoundFallsBackByItself) {
  for (const bool streamed : {false, true}) {
    Simulator first(
        Scenario()
            .rule(R"({"match": {"body_contains": "\"role\":\"tool\""}, "status": 503, "error": {}})")
            .rule(R"({"answer": {"tool_calls": [{"id": "c", "name": "weather", "arguments": {"city": "Oslo"}}]}})"));
    Simulator second(Scenario().rule(R"({"answer": {"text": "It rains there."}})"));
    const Engine engine;
    const ProviderOptions on_engine = ProviderOptions().engine(engine);
    const FallbackProvider provider(create_provider(openai_at(first), on_engine),
                                    create_provider(ollama_at(second), on_engine));
    const Result<Response> result = ask(provider, streamed, Options().tools(weather()));
    ASSERT_TRUE(result) << result.error().what();
    EXPECT_EQ(result->content(), "It rains there.");
    EXPECT_EQ(result->provider(), "ollama");
    EXPECT_EQ(results_of(result->history()), std::vector<std::string>{"rain in Oslo"});
  }
}

}  // namespace
}  // namespace antiphon::test
