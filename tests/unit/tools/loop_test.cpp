// The way of a call that uses tools.

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "unit/tools/world.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

TEST(ToolLoop, RunsWhatTheModelCallsAndAsksAgain) {
  World world;
  world.say(Said::text("Let me see.").call("a1", "weather", R"({"city":"Oslo"})"));
  world.say(Said::text("It is sunny."));
  const Result<Response> result = world.chat(Options().tools(weather()));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "It is sunny.");
  EXPECT_EQ(result->finish_reason(), FinishReason::stop);
  EXPECT_EQ(result->usage().input_tokens(), Count(14));
  EXPECT_EQ(result->usage().output_tokens(), Count(6));
  EXPECT_EQ(result->attempts().size(), 2U);
  EXPECT_EQ(in_words(result->history()),
            "assistant: Let me see. calls a1 weather {\"city\":\"Oslo\"}\ntool a1: sunny in Oslo");
  ASSERT_EQ(world.bodies.size(), 2U);
  EXPECT_NE(world.bodies[0].find(R"("tools":[{"type":"function","function":{"name":"weather")"), std::string::npos);
  EXPECT_NE(world.bodies[1].find(R"({"role":"tool","tool_call_id":"a1","content":"sunny in Oslo"})"),
            std::string::npos);
  EXPECT_NE(world.bodies[1].find(R"("arguments":"{\"city\":\"Oslo\"}")"), std::string::npos);
}

TEST(ToolLoop, AnAnswerWithoutCallsIsJustThat) {
  World world;
  world.say(Said::text("Hello."));
  const Result<Response> result = world.chat(Options().tools(weather()));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->content(), "Hello.");
  EXPECT_TRUE(result->history().empty());
  EXPECT_EQ(world.bodies.size(), 1U);
}

TEST(ToolLoop, AStreamHasTheChunksOfAllRounds) {
  World world;
  world.say(
      Said::text("Look. ").call("a1", "weather", R"({"city":"Oslo"})").call("a2", "weather", R"({"city":"Rome"})"));
  world.say(Said::text("Sunny."));
  std::vector<Chunk> chunks;
  const Result<Response> result = world.stream(Options().tools(weather()), chunks);
  ASSERT_TRUE(result) << result.error().what();
  std::string text;
  std::string order;
  std::vector<Count> tokens;
  for (const Chunk& chunk : chunks) {
    text += chunk.content();
    switch (chunk.kind()) {
      case ChunkKind::tool_call:
        order += "call " + chunk.part()->arguments() + "; ";
        break;
      case ChunkKind::tool_result:
        order += "result " + std::to_string(chunk.tool_index()) + " " + chunk.text() + "; ";
        break;
      case ChunkKind::finish:
        order += "finish " + std::string(to_string(chunk.finish_reason()));
        break;
      case ChunkKind::usage:
        tokens.push_back(chunk.usage().total_tokens());
        break;
      default:
        break;
    }
  }
  EXPECT_EQ(text, "Look. Sunny.");
  EXPECT_EQ(
      order,
      R"(call {"city":"Oslo"}; call {"city":"Rome"}; result 0 sunny in Oslo; result 1 sunny in Rome; finish stop)");
  EXPECT_EQ(tokens, (std::vector<Count>{10, 20}));
  EXPECT_EQ(result->usage().total_tokens(), Count(20));
  EXPECT_EQ(result->content(), "Sunny.");
}

TEST(ToolLoop, WhatGoesWrongIsAnErrorThatTheModelSees) {
  const auto failing = tool("failing", "", [](const Where&) -> std::string { throw std::runtime_error("no luck"); });
  const auto strange = tool("strange", "", [](const Where&) -> std::string { throw 7; });
  const auto sorry = tool("sorry", "", [](const Where&) { return ToolResult::error("sorry"); });
  const auto other = tool("other", "", R"({"type":"object","required":["x"]})", [](const Json&) { return "fine"; });
  World world;
  world.say(Said()
                .call("a1", "failing", R"({"city":"O"})")
                .call("a2", "strange", R"({"city":"O"})")
                .call("a3", "sorry", R"({"city":"O"})")
                .call("a4", "nobody", "{}")
                .call("a5", "failing", R"({"city":)")
                .call("a6", "failing", "[]")
                .call("a7", "failing", R"({"town":"O"})")
                .call("a8", "other", "{}")
                .call("a9", "other", R"({"x":1})"));
  const Result<Response> result = world.chat(Options().tools(failing, strange, sorry, other));
  ASSERT_TRUE(result) << result.error().what();
  std::string results;
  for (const Message& message : result->history()) {
    if (message.role() == Role::tool) results += in_words(Messages().add(message)) + "\n";
  }
  EXPECT_EQ(results,
            "tool a1! no luck\n"
            "tool a2! the tool failed\n"
            "tool a3! sorry\n"
            "tool a4! there is no tool \"nobody\"; there are: failing, strange, sorry, other\n"
            "tool a5! the arguments are not JSON: byte 8: a value is missing\n"
            "tool a6! the arguments are not a JSON object\n"
            "tool a7! the arguments do not fit: /town: unknown; known here: city; /city: missing; expected a text\n"
            "tool a8! the arguments do not fit: /x: missing\n"
            "tool a9: fine\n");
  EXPECT_EQ(result->content(), "Nothing more.");
}

TEST(ToolLoop, AToolThatFailsEndsNoCallWhereNothingMayBeLost) {
  World world;
  world.say(Said().call("a1", "failing", "{}"));
  const auto failing = tool("failing", "", []() -> std::string { throw std::runtime_error("no luck"); });
  const Result<Response> result = world.chat(Options().tools(failing).strict());
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "Nothing more.");
  ASSERT_EQ(result->warnings().size(), 1U);
  EXPECT_EQ(result->warnings()[0].where(), "messages/2/content/0/is_error");
}

// providers.md §1.6, §6.4, trap 41: a call that the provider broke off may be valid as far as it came.
TEST(ToolLoop, ACallInAnAnswerThatWasCutIsNotRun) {
  for (const char* reason :
       {"length", "content_filter", "insufficient_system_resource", "error", "network_error", "abort"}) {
    World world;
    bool ran = false;
    world.say(Said().call("a1", "delete_all", "").finish(reason));
    const Result<Response> result = world.chat(Options().tools(tool("delete_all", "", [&ran] { ran = true; })));
    ASSERT_TRUE(result) << reason << result.error().what();
    EXPECT_FALSE(ran) << reason;
    EXPECT_EQ(in_words(result->history()),
              "assistant calls a1 delete_all {}\ntool a1! not run: the answer was cut, and this call may be incomplete")
        << reason;
  }
}

TEST(ToolLoop, ACallInAnAnswerThatEndedForAReasonThatIsNotKnownIsRun) {
  World world;
  bool ran = false;
  world.say(Said().call("a1", "f", "{}").finish("tired"));
  const Result<Response> result = world.chat(Options().tools(tool("f", "", [&ran] { ran = true; })));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_TRUE(ran);
}

struct BrokenOff {
  const char* provider;
  const char* model;
  const char* body;
};

class BrokenOffCalls : public testing::TestWithParam<BrokenOff> {};

TEST_P(BrokenOffCalls, AreNotRunAndTheModelIsTold) {
  const BrokenOff& answer = GetParam();
  World world;
  bool ran = false;
  world.say(Said::body(answer.body));
  const ModelConfig model(answer.model, ProviderId(answer.provider));
  const Result<Response> result = world.chat(model, Options().tools(tool("f", "", [&ran] { ran = true; })));
  EXPECT_FALSE(ran);
  EXPECT_FALSE(result) << "what is said then is of another protocol";
  ASSERT_EQ(world.bodies.size(), 2U);
  EXPECT_NE(world.bodies[1].find("not run: the answer was cut"), std::string::npos) << world.bodies[1];
}

constexpr BrokenOff broken_off[] = {
    // providers.md §2.5
    {"openai-responses", "m",
     R"({"id":"r","status":"incomplete","incomplete_details":{"reason":"steered"},"model":"m","output":[
         {"type":"function_call","id":"fc","call_id":"a1","name":"f","arguments":"","status":"incomplete"}]})"},
    {"openai-responses", "m",
     R"({"id":"r","status":"incomplete","incomplete_details":null,"model":"m","output":[
         {"type":"function_call","id":"fc","call_id":"a1","name":"f","arguments":"","status":"incomplete"}]})"},
    {"openai-responses", "m",
     R"({"id":"r","status":"in_progress","model":"m","output":[
         {"type":"function_call","id":"fc","call_id":"a1","name":"f","arguments":"","status":"in_progress"}]})"},
    // §4.5
    {"gemini", "m",
     R"({"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f"}}]},
         "finishReason":"MALFORMED_FUNCTION_CALL"}]})"},
    // §6.13
    {"bedrock", "amazon.nova-pro-v1:0",
     R"({"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"a1","name":"f","input":{}}}]}},
         "stopReason":"malformed_tool_use"})"},
    // §6.12
    {"cohere", "m",
     R"({"id":"c","finish_reason":"ERROR","message":{"role":"assistant","tool_calls":[
         {"id":"a1","type":"function","function":{"name":"f","arguments":""}}]}})"},
};

INSTANTIATE_TEST_SUITE_P(Protocols, BrokenOffCalls, testing::ValuesIn(broken_off));

TEST(ToolLoop, ToolsWithoutFunctionsAreTheCallersToAnswer) {
  World world;
  bool ran = false;
  world.say(Said().call("a1", "mine", "{}"));
  world.say(Said().call("a2", "mine", "{}").call("a3", "yours", "{}"));
  const Result<Response> result =
      world.chat(Options().tools(tool("mine", "", [&ran] { ran = true; }), Tool("yours", "")));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_TRUE(ran);
  EXPECT_EQ(result->finish_reason(), FinishReason::tool_calls);
  EXPECT_EQ(result->tool_calls().size(), 2U);
  EXPECT_EQ(in_words(result->history()), "assistant calls a1 mine {}\ntool a1: done");
  EXPECT_EQ(world.bodies.size(), 2U);
}

TEST(ToolLoop, AForcedCallIsForcedOnce) {
  World world;
  world.say(Said().call("a1", "weather", R"({"city":"O"})"));
  const Result<Response> result = world.chat(Options().tools(weather()).tool_choice(ToolChoice::Kind::required));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_NE(world.bodies[0].find(R"("tool_choice":"required")"), std::string::npos);
  EXPECT_NE(world.bodies[1].find(R"("tool_choice":"auto")"), std::string::npos);
}

TEST(ToolLoop, OneAnswerIsAllThatCanBeAskedFor) {
  World world;
  const Result<Response> result = world.chat(Options().tools(weather()).n(2));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::invalid_request);
  EXPECT_EQ(result.error().where(), "n");
}

TEST(ToolLoop, AFailureLaterKeepsWhatWasDone) {
  World world;
  world.say(Said().call("a1", "weather", R"({"city":"O"})"));
  world.say(Said().status(400));
  const Result<Response> result = world.chat(Options().tools(weather()));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::invalid_request);
  ASSERT_NE(result.error().partial(), nullptr);
  EXPECT_EQ(in_words(result.error().partial()->history()),
            "assistant calls a1 weather {\"city\":\"O\"}\ntool a1: sunny in O");
  EXPECT_EQ(result.error().partial()->usage().total_tokens(), Count(10));
  EXPECT_EQ(result.error().attempts().size(), 2U);
  const std::vector<Attempt>& attempts = result.error().partial()->attempts();
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_FALSE(attempts[0].error()) << "in the order in which they ended";
  EXPECT_TRUE(attempts[1].error());
}

/// A tool that the provider runs has no name of ours: it must not be taken for one that was called without a name.
TEST(ToolLoop, ACallWithoutANameIsAnErrorThatTheModelSees) {
  World world;
  world.say(Said().call("a1", "", "{}").call("a2", "weather", R"({"city":"O"})"));
  world.say(Said::text("Sunny."));
  const Tool search = Tool::provider_defined("openai", R"({"type":"web_search"})");
  const Result<Response> result = world.chat(Options().tools(search, weather()));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->content(), "Sunny.");
  EXPECT_NE(in_words(result->history()).find("there is no tool \"\"; there are: weather"), std::string::npos)
      << in_words(result->history());
}

TEST(ToolLoop, AConversationHasEachCallWithItsResult) {
  World world;
  Conversation conversation(world.provider(), ConversationConfig().options(Options().tools(weather())));
  conversation.add_user_message("Weather?");
  world.say(Said().call("a1", "weather", R"({"city":"O"})"));
  world.say(Said::text("Sunny."));
  ASSERT_TRUE(world.run(conversation.async_continue_chat()));
  EXPECT_EQ(in_words(conversation.messages()),
            "user: Weather?\nassistant calls a1 weather {\"city\":\"O\"}\ntool a1: sunny in O\nassistant: Sunny.");
  conversation.add_user_message("And now?");
  world.say(Said().call("a2", "weather", R"({"city":"P"})"));
  world.say(Said().status(500));
  EXPECT_FALSE(world.run(conversation.async_continue_chat()));
  EXPECT_EQ(in_words(conversation.messages()),
            "user: Weather?\nassistant calls a1 weather {\"city\":\"O\"}\ntool a1: sunny in O\nassistant: Sunny.\n"
            "user: And now?\nassistant calls a2 weather {\"city\":\"P\"}\ntool a2: sunny in P");
  world.say(Said::text("Still."));
  ASSERT_TRUE(world.run(conversation.async_continue_chat()));
  EXPECT_NE(world.bodies.back().find("sunny in P"), std::string::npos);
}

/// A call that is cancelled while its second tool runs.
TEST(ToolLoop, ACancelledCallLeavesCallsAndResultsInPairs) {
  World world;
  Conversation conversation(world.provider());
  conversation.add_user_message("Go.");
  std::stop_source stop;
  const auto cancels = tool("cancels", "", [&](const ToolCall& call) {
    stop.request_stop();
    return call.id();
  });
  world.say(Said().call("a1", "cancels", "{}").call("a2", "cancels", "{}"));
  const Result<Response> result =
      world.run(conversation.async_continue_chat(Options().tools(cancels).cancel_on(stop.get_token())));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(in_words(conversation.messages()),
            "user: Go.\nassistant calls a1 cancels {} calls a2 cancels {}\ntool a1: a1\n"
            "tool a2! not run: the call was cancelled");
}

TEST(ToolLoop, LayersSeeTheCallOnceAndCallbacksToo) {
  class Counting : public Layer {
   public:
    void handle(Request request, std::shared_ptr<Next> next, Done done) override {
      ++calls;
      next->call(std::move(request), std::move(done));
    }
    int calls = 0;
  };
  World world;
  const auto layer = std::make_shared<Counting>();
  int requests = 0;
  int responses = 0;
  Callbacks callbacks;
  callbacks.on_request([&](const Request&) { ++requests; }).on_response([&](const Request&, const Response&) {
    ++responses;
  });
  const Provider provider = world.provider(ProviderOptions().layer(layer).callbacks(callbacks));
  world.say(Said().call("a1", "weather", R"({"city":"O"})"));
  const Result<Response> result = world.run(provider.async_chat("Hi", Options().tools(weather())));
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->history().size(), 2U);
  EXPECT_EQ(layer->calls, 1);
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(responses, 1);
}

TEST(ToolLoop, WarningsOfEveryRoundAreKeptOnce) {
  World world;
  for (int i = 0; i < 3; ++i) world.say(Said().call("a", "sorry", "{}"));
  const auto sorry = tool("sorry", "", [] { return ToolResult::error("sorry"); });
  const Result<Response> result = world.chat(Options().tools(sorry));
  ASSERT_TRUE(result) << result.error().what();
  // Each round sends the results of those before it again, and says of each that it is sent as text.
  std::multiset<std::string> places;
  for (const Warning& warning : result->warnings()) places.insert(warning.where());
  EXPECT_EQ(places, (std::multiset<std::string>{"messages/2/content/0/is_error", "messages/4/content/0/is_error",
                                                "messages/6/content/0/is_error"}));
}

}  // namespace
}  // namespace antiphon::test
