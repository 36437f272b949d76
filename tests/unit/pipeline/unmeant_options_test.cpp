// Options of a family of providers that nobody in the call is of.

#include "pipeline/unmeant_options.hpp"

#include <gtest/gtest.h>
#include <antiphon/anthropic.hpp>
#include <antiphon/ollama.hpp>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class UnmeantOptionsTest : public testing::Test {
 protected:
  UnmeantOptionsTest() { engine.serve("a", {good("Hello")}); }

  using Places = std::vector<std::string>;
  Places warned(const Provider& provider, const Options& options, const Messages& messages = "Hi") {
    Places places;
    const auto call = engine.run_chat(provider, options, messages);
    for (const Warning& warning : call->warnings()) places.push_back(warning.where());
    return places;
  }

  VirtualEngine engine;
  const OwnOptions cached = anthropic::cache_control();
};

TEST_F(UnmeantOptionsTest, AreWarnedOfWhereTheyWereSet) {
  const Tool tool = Tool("t", "d", R"({"type":"object"})").with(cached);
  const Options options = Options().with(ollama::Options().num_ctx(1)).with(ollama::Options().num_gpu(1)).tools(tool);
  Messages messages;
  messages.add(Message(Role::system).add(Part::text("s")).with(cached));
  messages.add(Message(Role::user).add(Part::text("one").with(cached)).add(Part::text("two").with(cached)));
  EXPECT_EQ(warned(engine.provider("a"), options, messages),
            (Places{"ollama", "tools/0/anthropic", "messages/0/anthropic", "messages/1/anthropic"}));
  EXPECT_EQ(engine.sent.size(), 1U);
}

/// What a request in the form of Chat Completions has beside what is known: whoever gets it says what it cannot carry.
TEST_F(UnmeantOptionsTest, FieldsOfChatCompletionsAreWarnedOfOneByOne) {
  const OwnOptions further = OwnOptions("openai-chat").set("weight", 1).set("x", 2);
  Messages messages;
  messages.add(Message(Role::user).add(Part::text("one").with(further)).with(further));
  EXPECT_EQ(warned(engine.provider("a"), Options(), messages), Places());
  engine.serve(
      "b",
      {json_answer(200,
                   R"({"model":"m","message":{"role":"assistant","content":"Hi"},"done":true,"done_reason":"stop"})")});
  EXPECT_EQ(warned(engine.provider(engine.ollama("b")), Options(), messages),
            (Places{"messages/0/weight", "messages/0/x", "messages/0/content/0/weight", "messages/0/content/0/x"}));
}

TEST_F(UnmeantOptionsTest, AreAnErrorWithStrict) {
  const auto call = engine.run_chat(engine.provider("a"), Options().strict(true).with(ollama::Options().num_ctx(1)));
  ASSERT_FALSE(*call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::unsupported);
  EXPECT_EQ(call->error().where(), "ollama");
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(UnmeantOptionsTest, AreMeantWhenOneLinkTakesThem) {
  const Provider both =
      FallbackProvider(FallbackConfig().link(engine.provider("a")).link(engine.provider(engine.ollama("b"))));
  const Options options = Options().strict(true).with(ollama::Options().num_ctx(1));
  const auto call = engine.run_chat(both, options);
  ASSERT_TRUE(*call->result);
  EXPECT_TRUE(call->warnings().empty());
}

/// Seals and further fields of another provider's answer come back with the history.
TEST_F(UnmeantOptionsTest, WhatAnAnswerBroughtAlongIsNobodysOption) {
  Messages messages("Hi");
  messages.add(Message(Role::assistant).add(Part::text("Hello").with(cached)).with(cached));
  messages.user("And?");
  EXPECT_EQ(warned(engine.provider("a"), Options().strict(true), messages), Places());
  EXPECT_EQ(engine.sent.size(), 1U);
}

}  // namespace
}  // namespace antiphon::test
