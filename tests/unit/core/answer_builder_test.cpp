#include "core/answer_builder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon::tests {
namespace {

class Kinds final : public ChunkSink {
 public:
  void push(Chunk chunk) override {
    kinds += std::string(kinds.empty() ? "" : " ") + std::string(to_string(chunk.kind()));
    chunks.push_back(std::move(chunk));
  }
  std::string kinds;
  std::vector<Chunk> chunks;
};

ToolCallPiece piece(std::string_view id, std::string_view name, std::string_view arguments) {
  ToolCallPiece made;
  made.id = id;
  made.name = name;
  made.arguments = arguments;
  return made;
}

TEST(AnswerBuilder, GivesPiecesAtOnceAndTheRestAtTheClose) {
  Kinds sink;
  AnswerBuilder builder(&sink);
  builder.reasoning(0, "hm");
  builder.text(0, "a");
  builder.text(0, "");
  builder.tool_call(0, piece("c", "f", "{"));
  builder.tool_call(0, piece("", "", "}"));
  builder.finish(0, FinishReason::stop, "stop");
  builder.usage(Usage().output_tokens(3));
  EXPECT_EQ(sink.kinds, "reasoning content tool_call_delta tool_call_delta usage");
  builder.close();
  builder.close();
  EXPECT_EQ(sink.kinds, "reasoning content tool_call_delta tool_call_delta usage tool_call finish");
  EXPECT_EQ(sink.chunks[3].part()->id(), "c");
  EXPECT_EQ(sink.chunks[3].text(), "}");
  const Response response = builder.take();
  EXPECT_EQ(response.finish_reason(), FinishReason::tool_calls);
  EXPECT_EQ(response.raw_finish_reason(), "stop");
  EXPECT_EQ(response.tool_calls().at(0), Part::tool_call("c", "f", "{}"));
}

TEST(AnswerBuilder, PartsMayComeInterleaved) {
  AnswerBuilder builder;
  builder.begin_part(0, PartKind::text);
  const std::size_t first = builder.part_at_hand(0);
  builder.text(0, "a");
  builder.begin_part(0, PartKind::text);
  const std::size_t second = builder.part_at_hand(0);
  builder.text(0, "b");
  builder.turn_to(0, first);
  builder.text(0, "A");
  builder.raw(0, "p", "{}");
  builder.turn_to(0, second);
  builder.correct_text(0, "B");
  EXPECT_EQ(builder.part_text(0, first), "aA");
  EXPECT_EQ(builder.part_text(0, 99), "");
  builder.turn_to(0, 99);
  builder.text(0, "!");
  const Response response = builder.take();
  ASSERT_EQ(response.message().parts().size(), 2U);
  EXPECT_EQ(response.message().parts()[0], Part::text("aA").with_raw("p", Json("{}")));
  EXPECT_EQ(response.message().parts()[1], Part::text("B!"));
}

TEST(AnswerBuilder, PartsKeepTheOrderInWhichTheyBegan) {
  AnswerBuilder builder;
  builder.text(0, "a");
  builder.text(0, "b");
  builder.tool_call(0, piece("c", "f", "{}"));
  builder.text(0, "d");
  builder.unknown(0, "openai", "{\"x\": 1}");
  builder.refusal(0, "no");
  builder.reasoning(0, "hm");
  builder.signature(0, "p", "seal");
  builder.audio(0, "\1", "t");
  builder.audio(0, "\2", "u");
  builder.audio_id(0, "id");
  builder.close();
  const Response response = builder.take();
  const std::vector<Part> expected = {Part::text("ab"),
                                      Part::tool_call("c", "f", "{}"),
                                      Part::text("d"),
                                      Part::unknown("openai", Json("{\"x\": 1}")),
                                      Part::refusal("no"),
                                      Part::reasoning("hm").with_signature("p", "seal"),
                                      Part::audio("\1\2", "", "tu", "id")};
  EXPECT_EQ(response.message().parts(), expected);
}

TEST(AnswerBuilder, TextMayTurnOutToBeReasoning) {
  Kinds sink;
  AnswerBuilder builder(&sink);
  builder.text(0, "hm");
  builder.text_was_reasoning(0);
  builder.text(0, "a");
  EXPECT_EQ(sink.kinds, "content content");
  builder.close();
  const Response response = builder.take();
  EXPECT_EQ(response.message().parts(), (std::vector<Part>{Part::reasoning("hm"), Part::text("a")}));
  EXPECT_EQ(response.warnings().size(), 1u);
  AnswerBuilder silent;
  silent.text_was_reasoning(0);
  EXPECT_TRUE(silent.take().warnings().empty());
}

TEST(AnswerBuilder, FieldsOfTheProvidersOwnStayWithTheirPart) {
  const OwnOptions seal = OwnOptions("gemini").set("extra_content", Json(R"({"seal": "x"})"));
  const OwnOptions details = OwnOptions("openrouter").set("reasoning_details", Json("[1]"));
  AnswerBuilder builder;
  builder.reasoning(0, "hm");
  builder.text(0, "a");
  const std::size_t kept = builder.kept_bytes();
  builder.reasoning_own(0, details);
  EXPECT_GT(builder.kept_bytes(), kept);
  ToolCallPiece call = piece("c", "f", "{");
  call.own = seal;
  builder.tool_call(0, call);
  builder.tool_call(0, piece("", "", "}"));
  builder.reasoning_own(1, details);
  builder.close();
  const Response response = builder.take();
  EXPECT_EQ(response.message().parts(), (std::vector<Part>{Part::reasoning("hm").with(details), Part::text("a"),
                                                           Part::tool_call("c", "f", "{}").with(seal)}));
  EXPECT_EQ(response.choices().at(1).message().parts().at(0), Part::reasoning("").with(details));
}

TEST(AnswerBuilder, FirstIdAndModelWin) {
  AnswerBuilder builder;
  builder.id("");
  builder.id("a");
  builder.id("b");
  builder.model("m");
  builder.model("n");
  const Response response = builder.take();
  EXPECT_EQ(response.id(), "a");
  EXPECT_EQ(response.model(), "m");
}

TEST(AnswerBuilder, UsageIsTheGreatestOfEachNumberAndGivenWhenItChanges) {
  Kinds sink;
  AnswerBuilder builder(&sink);
  builder.usage(Usage());
  EXPECT_EQ(sink.kinds, "");
  builder.usage(Usage().input_tokens(5).output_tokens(1));
  builder.usage(Usage().input_tokens(5).output_tokens(1));
  builder.usage(Usage().output_tokens(0).reasoning_tokens(0));
  builder.usage(Usage().output_tokens(3));
  EXPECT_EQ(sink.kinds, "usage usage usage");
  EXPECT_EQ(builder.take().usage(), Usage().input_tokens(5).output_tokens(3).reasoning_tokens(0));
}

std::string made_up_id(std::string_view seed, std::string_view arguments, std::size_t calls = 1) {
  AnswerBuilder builder;
  builder.id_seed(seed);
  for (std::size_t call = 0; call < calls; ++call) builder.tool_call(0, piece("", "f", arguments));
  builder.close();
  return builder.take().tool_calls().back().id();
}

TEST(AnswerBuilder, MissingIdsAreMadeUp) {
  EXPECT_EQ(made_up_id("s", "{}"), made_up_id("s", "{}"));
  EXPECT_NE(made_up_id("s", "{}"), made_up_id("t", "{}"));
  EXPECT_NE(made_up_id("s", "{}"), made_up_id("s", "{\"a\":1}"));
  EXPECT_NE(made_up_id("s", "{}"), made_up_id("s", "{}", 2));
  EXPECT_EQ(made_up_id("s", "{}").size(), 21u);
}

TEST(AnswerBuilder, ChoicesAreFinishedOneByOne) {
  AnswerBuilder builder;
  EXPECT_FALSE(builder.all_finished());
  builder.text(0, "a");
  builder.text(2, "b");
  builder.finish(0, FinishReason::stop, "stop");
  EXPECT_TRUE(builder.finished(0));
  EXPECT_FALSE(builder.all_finished());
  builder.finish(2, FinishReason::length, "length");
  builder.finish(2, FinishReason::stop, "stop");
  EXPECT_TRUE(builder.all_finished());
  EXPECT_FALSE(builder.began(1));
  builder.close();
  const Response response = builder.take();
  EXPECT_EQ(response.choices().at(2).finish_reason(), FinishReason::length);
  EXPECT_EQ(response.choices().at(1).finish_reason(), FinishReason::none);
}

TEST(AnswerBuilder, WhatIsTakenEarlyIsWhatHadArrived) {
  AnswerBuilder builder;
  builder.text(0, "a");
  builder.tool_call(0, piece("c", "f", "{\"x\":"));
  const Response response = builder.take();
  EXPECT_EQ(response.content(), "a");
  EXPECT_EQ(response.tool_calls().at(0).arguments(), "{\"x\":");
  EXPECT_EQ(response.finish_reason(), FinishReason::none);
}

TEST(AnswerBuilder, ListsGrow) {
  AnswerBuilder builder;
  builder.logprobs(0, "[]");
  builder.logprobs(0, "[ {\"a\": 1} ]");
  builder.logprobs(0, "[{\"b\":2},3]");
  builder.metadata_list("empty", "[ ]");
  builder.metadata_list("list", "[1]");
  builder.metadata_list("list", "[2]");
  builder.metadata("one", "1");
  builder.metadata("one", "2");
  const Response response = builder.take();
  EXPECT_EQ(response.logprobs().text(), "[{\"a\": 1},{\"b\":2},3]");
  std::string all;
  for (const auto& [name, json] : response.provider_metadata()) all += name + "=" + json.text() + " ";
  EXPECT_EQ(all, "empty=[] list=[1,2] one=2 ");
}

TEST(AnswerBuilder, WarningsAreFewAndNeverTwice) {
  AnswerBuilder builder;
  for (int round = 0; round < 1000; ++round) {
    builder.warn("a", "b");
    builder.warn("a", std::to_string(round));
  }
  EXPECT_EQ(builder.take().warnings().size(), 100u);
}

TEST(AnswerBuilder, CountsWhatItKeeps) {
  AnswerBuilder builder;
  const std::size_t before = builder.kept_bytes();
  builder.text(0, std::string(1000, 'x'));
  EXPECT_GE(builder.kept_bytes(), before + 1000);
  const std::size_t text = builder.kept_bytes();
  builder.tool_call(0, piece("a", "f", ""));
  EXPECT_GT(builder.kept_bytes(), text);
}

}  // namespace
}  // namespace antiphon::tests
