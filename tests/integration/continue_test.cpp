// Streams that are cut after a part was handed out, and go on: from the same provider or another, over real sockets.

#include <gtest/gtest.h>

#include <simdjson.h>

#include "integration/reliability.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

/// One half with its usage, then nothing more.
constexpr const char* first_half = R"("times": 1, "answer": {"chunks": ["Once upon ", "a "],
    "usage": {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}}, )";
constexpr const char* second_half = R"({"answer": {"chunks": ["ti", "me."],
    "usage": {"prompt_tokens": 30, "completion_tokens": 2, "total_tokens": 32}}})";

std::string text_at(const std::string& json, const char* place) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view text;
  if (parser.parse(json).get(root) || root.at_pointer(place).get(text)) return "nothing at " + std::string(place);
  return std::string(text);
}

/// What a reader sees: text, and `|provider|` where the answer was joined.
std::string read(Stream& stream) {
  std::string seen;
  for (const Chunk& chunk : stream) {
    if (chunk.kind() == ChunkKind::joint) seen += "|" + chunk.text() + "|";
    seen += chunk.content();
  }
  return seen;
}

const char* const cuts[] = {
    R"("fault": {"missing_finish": true, "missing_done": true})",
    R"("fault": {"error_in_stream": {"after_events": 3, "code": "overloaded"}})",
    R"("timing": {"stop_after_chunks": 2})",
};

class Continuing : public testing::Test {
 protected:
  static Scenario cut(const char* fault) {
    return Scenario().rule("{" + std::string(first_half) + fault + "}").rule(second_half);
  }
  Provider provider(const Simulator& simulator, const std::string& model) const {
    return create_provider(openai_at(simulator, model).timeouts(Timeouts().between_chunks(100ms)),
                           ProviderOptions().engine(engine_));
  }
  Engine engine_;
};

TEST_F(Continuing, TheSameProviderGoesOnWhereItStopped) {
  for (const char* fault : cuts) {
    SCOPED_TRACE(fault);
    Simulator simulator(cut(fault));
    Stream stream = provider(simulator, "m").stream("Tell me a story", Options().continue_with(Continuation::same));
    EXPECT_EQ(read(stream), "Once upon a |openai/m|time.");
    ASSERT_NE(stream.response(), nullptr);
    const Response& response = *stream.response();
    EXPECT_EQ(response.content(), "Once upon a time.");
    EXPECT_EQ(response.finish_reason(), FinishReason::stop);
    ASSERT_EQ(response.joints().size(), 1U);
    EXPECT_EQ(response.joints()[0].position(), 12U);
    EXPECT_EQ(response.joints()[0].provider(), "openai/m");
    EXPECT_EQ(response.attempts().size(), 2U);
    const auto requests = simulator.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(text_at(requests[1].body, "/messages/0/content"), "Tell me a story");
    EXPECT_EQ(text_at(requests[1].body, "/messages/1/role"), "assistant");
    EXPECT_EQ(text_at(requests[1].body, "/messages/1/content"), "Once upon a ");
    EXPECT_EQ(text_at(requests[1].body, "/messages/2/role"), "user");
  }
}

TEST_F(Continuing, AnotherProviderGoesOn) {
  for (const char* fault : cuts) {
    SCOPED_TRACE(fault);
    Simulator first(cut(fault));
    Simulator second(Scenario().rule(second_half));
    const Provider other = create_provider(ollama_at(second, "other"), ProviderOptions().engine(engine_));
    const FallbackProvider both(provider(first, "m"), other);
    Stream stream = both.stream("Tell me a story", Options().continue_with(Continuation::next));
    EXPECT_EQ(read(stream), "Once upon a |ollama/other|time.");
    const Response& response = *stream.response();
    EXPECT_EQ(response.joints().at(0).provider(), "ollama/other");
    EXPECT_EQ(response.provider(), "ollama");
    EXPECT_EQ(first.requests().size(), 1U);
    EXPECT_EQ(text_at(second.requests().at(0).body, "/messages/1/content"), "Once upon a ");
  }
}

TEST_F(Continuing, UsageIsTheSumOfBoth) {
  // Both halves say what they used: the first ends without its end mark only.
  Simulator simulator(cut(R"("fault": {"missing_finish": true, "missing_done": true})"));
  const Response response =
      provider(simulator, "m").stream("Hi", Options().continue_with(Continuation::same)).collect();
  EXPECT_EQ(response.usage().input_tokens(), Count(40));
  EXPECT_EQ(response.usage().output_tokens(), Count(6));
}

TEST_F(Continuing, UsageThatWasNeverSaidMakesTheSumAtLeast) {
  Simulator simulator(cut(R"("timing": {"stop_after_chunks": 2})"));
  const Response response =
      provider(simulator, "m").stream("Hi", Options().continue_with(Continuation::same)).collect();
  EXPECT_FALSE(response.usage().output_tokens().known());
  EXPECT_EQ(response.usage().output_tokens().at_least(), 2);
}

TEST_F(Continuing, TheSameProviderIsDownAndTheNextGoesOn) {
  Simulator first(
      Scenario().rule("{" + std::string(first_half) + cuts[0] + "}").rule(R"({"status": 503, "error": {}})"));
  Simulator second(Scenario().rule(second_half));
  const FallbackProvider both(provider(first, "m"), provider(second, "other"));
  Stream stream = both.stream("Hi", Options().continue_with(Continuation::same));
  EXPECT_EQ(read(stream), "Once upon a |openai/other|time.");
  EXPECT_EQ(in_words(stream.response()->attempts()),
            "m truncated, m overloaded, m overloaded, m overloaded, other well");
}

TEST_F(Continuing, NobodyGoesOnAndTheErrorIsTheCut) {
  Simulator simulator(
      Scenario().rule("{" + std::string(first_half) + cuts[0] + "}").rule(R"({"status": 404, "error": {}})"));
  const Result<Response> result =
      provider(simulator, "m").stream("Hi", Options().continue_with(Continuation::same)).try_collect();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::truncated);
  EXPECT_EQ(result.error().partial()->content(), "Once upon a ");
  EXPECT_EQ(in_words(result), "m truncated, m not_found");
}

TEST_F(Continuing, AnAnswerThatIsCutAgainAndAgainEnds) {
  Simulator simulator(Scenario().rule(R"({"answer": {"chunks": ["on "]}, )" + std::string(cuts[0]) + "}"));
  const Result<Response> result =
      provider(simulator, "m").stream("Hi", Options().continue_with(Continuation::same)).try_collect();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::truncated);
  EXPECT_EQ(result.error().partial()->content(), "on on on on ");
  EXPECT_EQ(result.error().partial()->joints().size(), 3U);
  EXPECT_EQ(simulator.requests().size(), 4U);
}

TEST_F(Continuing, WhatTheUserEndedIsNotContinued) {
  Simulator simulator(cut(R"("timing": {"stop_after_chunks": 2})"));
  Stream stream = provider(simulator, "m").stream("Hi", Options().continue_with(Continuation::same));
  try {
    for (const Chunk& chunk : stream) {
      if (chunk.content() == "a ") stream.cancel();
    }
    FAIL() << "it ended well";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
    EXPECT_EQ(error.partial()->content(), "Once upon a ");
  }
  EXPECT_EQ(simulator.requests().size(), 1U);
}

TEST_F(Continuing, NothingIsContinuedUnlessAskedFor) {
  Simulator simulator(cut(cuts[0]));
  EXPECT_FALSE(provider(simulator, "m").stream("Hi").try_collect());
  EXPECT_EQ(simulator.requests().size(), 1U);
}

TEST_F(Continuing, AConversationKeepsTheWholeAnswer) {
  Simulator simulator(cut(cuts[0]));
  Conversation conversation(provider(simulator, "m"));
  conversation.add_user_message("Tell me a story");
  conversation.stream_chat(Options().continue_with(Continuation::same)).collect();
  ASSERT_EQ(conversation.messages().size(), 2U);
  EXPECT_EQ(conversation.messages().back().content(), "Once upon a time.");
  EXPECT_FALSE(conversation.messages().back().partial());
}

}  // namespace
}  // namespace antiphon::test
