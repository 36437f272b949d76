// A stream that was cut, and who goes on with it.

#include "pipeline/continue_answer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class ContinueAnswerTest : public testing::Test {
 protected:
  Provider once(const std::string& host) {
    return engine.provider(engine.config(host).retry_config(RetryConfig().max_attempts(1)));
  }
  Options with(Continuation value) { return Options().continue_with(value); }
  std::shared_ptr<Running> same(const Provider& provider) {
    return engine.run_stream(provider, with(Continuation::same), Messages().system("Be brief.").user("Tell me."));
  }
  static std::vector<ChunkKind> kinds(const Running& call) {
    std::vector<ChunkKind> all;
    for (const Chunk& chunk : call.chunks) all.push_back(chunk.kind());
    return all;
  }

  VirtualEngine engine;
};

TEST_F(ContinueAnswerTest, NobodyUnlessAsked) {
  engine.serve("a", {cut_behind(chunk_event("Once "))});
  EXPECT_FALSE(*engine.run_stream(once("a"))->result);
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(ContinueAnswerTest, TheSameProviderGoesOnAndTheJointIsMarked) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), streaming(stream_of({"upon ", "a time."}))});
  const auto call = same(once("a"));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->text(), "Once upon a time.");
  EXPECT_EQ(call->response().content(), "Once upon a time.");
  ASSERT_EQ(call->response().joints().size(), 1U);
  EXPECT_EQ(call->response().joints()[0].position(), 5U);
  EXPECT_EQ(call->response().joints()[0].provider(), "openai/m-1");
  EXPECT_EQ(kinds(*call)[0], ChunkKind::content);
  EXPECT_EQ(kinds(*call)[1], ChunkKind::joint);
  EXPECT_EQ(call->chunks[1].text(), "openai/m-1");
  EXPECT_EQ(call->response().finish_reason(), FinishReason::stop);
  ASSERT_EQ(call->warnings().size(), 1U);
  EXPECT_EQ(call->warnings()[0].where(), "continue_with");
}

TEST_F(ContinueAnswerTest, ItIsToldWhatWasAlreadySaid) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), streaming(stream_of({"upon"}))});
  same(once("a"));
  const std::string& body = engine.sent[1].request.body;
  const auto system = body.find("Be brief.");
  const auto user = body.find("Tell me.");
  const auto said = body.find(R"("role":"assistant","content":"Once ")");
  const auto go_on = body.find("Continue it exactly");
  EXPECT_LT(system, user);
  EXPECT_LT(user, said);
  EXPECT_LT(said, go_on);
  EXPECT_NE(go_on, std::string::npos);
}

TEST_F(ContinueAnswerTest, UsageAndAttemptsOfBoth) {
  const std::string usage =
      R"(data: {"id":"x","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}})"
      "\n\n";
  engine.serve("a", {cut_behind(chunk_event("Once ") + usage), streaming(stream_of({"upon"}))});
  const auto call = same(once("a"));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().usage().input_tokens(), Count(12));
  EXPECT_EQ(call->response().usage().output_tokens(), Count(5));
  ASSERT_EQ(call->attempts().size(), 2U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::truncated);
  EXPECT_FALSE(call->attempts()[1].error());
}

TEST_F(ContinueAnswerTest, CostOfBoth) {
  const std::string usage =
      R"(data: {"id":"x","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}})"
      "\n\n";
  engine.serve("a", {cut_behind(chunk_event("Once ") + usage), streaming(stream_of({"upon"})),
                     cut_behind(chunk_event("Once ")), streaming(stream_of({"upon"}))});
  const Provider provider = engine.provider(engine.config("a", "gpt-4o-mini"));
  const auto both = same(provider);
  // 12 tokens in at 0.15 dollars a million, 5 out at 0.60.
  EXPECT_EQ(both->response().cost(), Money("0.0000048"));
  const auto unknown = same(provider);
  EXPECT_FALSE(unknown->response().cost().known()) << "the first half did not say what it used";
  EXPECT_EQ(unknown->response().cost().at_least(), Money("0.00000285"));
}

TEST_F(ContinueAnswerTest, WhatACutPieceUsedMayBeUnknown) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), streaming(stream_of({"upon"}))});
  const auto call = same(once("a"));
  EXPECT_FALSE(call->response().usage().output_tokens().known());
  EXPECT_EQ(call->response().usage().output_tokens().at_least(), 3);
}

TEST_F(ContinueAnswerTest, AnotherProviderGoesOn) {
  engine.serve("a", {cut_behind(chunk_event("Once "))});
  engine.serve("o", {Script()
                         .connect()
                         .head(200, {{"content-type", "application/x-ndjson"}})
                         .bytes(ollama_stream({"upon ", "a time."}))
                         .end()});
  const FallbackProvider both(once("a"), engine.provider(engine.ollama("o")));
  const auto call = engine.run_stream(both, with(Continuation::next));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->text(), "Once upon a time.");
  EXPECT_EQ(call->response().joints()[0].provider(), "ollama/m-2");
  EXPECT_EQ(call->response().provider(), "ollama");
}

TEST_F(ContinueAnswerTest, SameAsksTheOthersOnlyWhenItCannot) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), refusing(500)});
  engine.serve("b", {streaming(stream_of({"upon"}))});
  const auto call = engine.run_stream(FallbackProvider(once("a"), once("b")), with(Continuation::same));
  EXPECT_EQ(call->text(), "Once upon");
  EXPECT_EQ(engine.sent_to("a"), 2U);
  EXPECT_EQ(engine.sent_to("b"), 1U);
}

TEST_F(ContinueAnswerTest, NextAsksTheSameOnlyWhenNoOtherCan) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), streaming(stream_of({"upon"}))});
  engine.serve("b", {refusing(500)});
  const auto call = engine.run_stream(FallbackProvider(once("a"), once("b")), with(Continuation::next));
  EXPECT_EQ(call->text(), "Once upon");
  std::vector<std::string> hosts;
  for (const SentRequest& request : engine.sent) hosts.push_back(request.host);
  EXPECT_EQ(hosts, (std::vector<std::string>{"a", "b", "a"}));
}

TEST_F(ContinueAnswerTest, NextWithoutAnotherIsTheSame) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), streaming(stream_of({"upon"}))});
  EXPECT_EQ(engine.run_stream(once("a"), with(Continuation::next))->text(), "Once upon");
}

TEST_F(ContinueAnswerTest, AContinuationIsTriedAgainBeforeItsContent) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), refusing(500), cut_behind(""), streaming(stream_of({"upon"}))});
  const auto call = same(engine.provider("a"));
  EXPECT_EQ(call->text(), "Once upon");
  EXPECT_EQ(call->response().joints().size(), 1U);
  EXPECT_EQ(engine.sent.size(), 4U);
}

TEST_F(ContinueAnswerTest, ThreeTimesAtMost) {
  engine.serve("a", {cut_behind(chunk_event("1 "))});
  const auto call = same(once("a"));
  ASSERT_FALSE(*call->result);
  EXPECT_EQ(engine.sent.size(), 4U);
  EXPECT_EQ(call->text(), "1 1 1 1 ");
  ASSERT_TRUE(call->error().partial());
  EXPECT_EQ(call->error().partial()->content(), "1 1 1 1 ");
  EXPECT_EQ(call->error().partial()->joints().size(), 3U);
  EXPECT_EQ(call->error().attempts().size(), 4U);
}

TEST_F(ContinueAnswerTest, WhenNobodyGoesOnTheCutIsWhatFailed) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), refusing(401)});
  const auto call = same(once("a"));
  EXPECT_EQ(call->error().kind(), ErrorKind::truncated);
  EXPECT_EQ(call->error().partial()->content(), "Once ");
  EXPECT_TRUE(call->error().partial()->joints().empty());
  EXPECT_EQ(call->text(), "Once ");
  EXPECT_EQ(call->error().attempts().size(), 2U);
}

TEST_F(ContinueAnswerTest, CancellingEndsIt) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), silence()});
  std::stop_source stop;
  const auto call = engine.stream(once("a"), with(Continuation::same).cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  stop.request_stop();
  engine.scheduler.run();
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(call->error().partial()->content(), "Once ");
  EXPECT_EQ(engine.sent.size(), 2U);
}

TEST_F(ContinueAnswerTest, WhatWasThoughtBeforeStays) {
  const std::string thought =
      R"(data: {"id":"x","choices":[{"index":0,"delta":{"reasoning_content":"Hm."},"finish_reason":null}]})"
      "\n\n";
  engine.serve("a", {cut_behind(thought + chunk_event("Once ")), streaming(stream_of({"upon"}))});
  const auto call = same(once("a"));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().reasoning(), "Hm.");
  EXPECT_EQ(call->response().content(), "Once upon");
}

TEST_F(ContinueAnswerTest, OnlyTextCanBeContinued) {
  const std::string tool_call =
      R"(data: {"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function",)"
      R"("function":{"name":"f","arguments":"{\"a\""}}]},"finish_reason":null}]})"
      "\n\n";
  const std::string thought =
      R"(data: {"id":"x","choices":[{"index":0,"delta":{"reasoning_content":"Hm."},"finish_reason":null}]})"
      "\n\n";
  const std::string second_choice =
      R"(data: {"id":"x","choices":[{"index":1,"delta":{"content":"Twice"},"finish_reason":null}]})"
      "\n\n";
  for (const std::string& events :
       {tool_call, chunk_event("x") + tool_call, thought, chunk_event("x") + second_choice}) {
    engine.sent.clear();
    engine.serve("a", {cut_behind(events), streaming(stream_of({"upon"}))});
    EXPECT_FALSE(*same(once("a"))->result);
    EXPECT_EQ(engine.sent.size(), 1U);
  }
}

TEST_F(ContinueAnswerTest, AnErrorInTheMiddleOfAStreamIsACutToo) {
  const std::string overloaded = R"(data: {"error":{"message":"busy","code":"overloaded"}})"
                                 "\n\n";
  const std::string filtered = R"(data: {"error":{"message":"no","code":"content_filter"}})"
                               "\n\n";
  engine.serve("a", {cut_behind(chunk_event("Once ") + overloaded), streaming(stream_of({"upon"}))});
  EXPECT_EQ(same(once("a"))->text(), "Once upon");
  engine.serve("a", {cut_behind(chunk_event("Once ") + filtered), streaming(stream_of({"upon"}))});
  EXPECT_EQ(same(once("a"))->error().kind(), ErrorKind::content_filtered);
}

TEST_F(ContinueAnswerTest, AHedgedContinuationHasOneVoice) {
  engine.serve("a", {cut_behind(chunk_event("Once ")), silence()});
  engine.serve("b", {streaming(stream_of({"upon"}))});
  const FallbackProvider both(FallbackConfig().link(once("a")).link(once("b")).hedge(HedgeConfig().delay(1s)));
  const auto call = engine.run_stream(both, with(Continuation::same));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->text(), "Once upon");
  EXPECT_EQ(call->response().joints().size(), 1U);
}

TEST_F(ContinueAnswerTest, WholeAnswersAreTriedAgainInstead) {
  engine.serve("a", {Script()
                         .connect()
                         .head(200, {{"content-type", "application/json"}})
                         .bytes(chat_answer("Once upon").substr(0, 200))
                         .fail(Error(ErrorKind::connection, "reset")),
                     good("Once upon")});
  const auto call = engine.run_chat(engine.provider("a"), with(Continuation::same));
  EXPECT_EQ(call->response().content(), "Once upon");
  EXPECT_TRUE(call->response().joints().empty());
}

}  // namespace
}  // namespace antiphon::test
