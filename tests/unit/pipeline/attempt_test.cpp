// One exchange: what is sent, and what is written down of it.

#include "pipeline/attempt.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class AttemptTest : public testing::Test {
 protected:
  Provider once() { return engine.provider(engine.config("a").retry_config(RetryConfig().max_attempts(1))); }

  VirtualEngine engine;
};

TEST_F(AttemptTest, SendsWhatTheCodecEncodes) {
  engine.serve("a", {good("x")});
  engine.run_chat(engine.provider(engine.config("a").header("x-mine", "1")), Options().header("x-call", "2"));
  const HttpRequest& request = engine.sent[0].request;
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://a/v1/chat/completions");
  EXPECT_EQ(request.headers.get("x-mine"), "1");
  EXPECT_EQ(request.headers.get("x-call"), "2");
  EXPECT_EQ(request.headers.get("authorization"), "Bearer k");
  EXPECT_FALSE(request.streaming);
  EXPECT_NE(request.body.find(R"("content":"Hi")"), std::string::npos);
}

TEST_F(AttemptTest, AStreamHasAConnectionOfItsOwn) {
  engine.serve("a", {streaming(stream_of({"x"}))});
  engine.run_stream(once());
  EXPECT_TRUE(engine.sent[0].request.streaming);
}

TEST_F(AttemptTest, IsOnTheListWithItsStatusAndIds) {
  engine.serve("a", {json_answer(200, chat_answer("x"), {{"x-request-id", "r-9"}}, 2s)});
  const auto call = engine.run_chat(once());
  ASSERT_EQ(call->attempts().size(), 1U);
  EXPECT_EQ(call->attempts()[0].status(), 200);
  EXPECT_EQ(call->attempts()[0].request_id(), "r-9");
  EXPECT_EQ(call->attempts()[0].duration(), 2s);
  EXPECT_FALSE(call->attempts()[0].error());
  EXPECT_EQ(call->response().provider(), "openai");
}

TEST_F(AttemptTest, AFailureNamesTheProvider) {
  engine.serve("a", {refusing(400, {{"x-request-id", "r-9"}})});
  const auto call = engine.run_chat(once());
  EXPECT_EQ(call->error().provider(), "openai/m-1");
  EXPECT_EQ(call->error().http_status(), 400);
  EXPECT_EQ(call->attempts()[0].request_id(), "r-9");
}

TEST_F(AttemptTest, KeysOfTheQueryAreInNoError) {
  engine.serve("a", {refusing(400, {}, R"({"error":{"message":"planted/key is no key, nor is planted%2Fkey"}})")});
  const auto call = engine.run_chat(engine.provider(engine.config("a").query("key", "planted/key")));
  EXPECT_EQ(call->error().provider_message(), "*** is no key, nor is ***");
  EXPECT_EQ(std::string(call->error().what()).find("planted"), std::string::npos) << call->error().what();
}

TEST_F(AttemptTest, NorIsTheBeginningOfAKeyAtWhichAnErrorWasCut) {
  engine.serve("a", {json_answer(400, "who has ever heard of sk-planted-0123456")});
  const auto call = engine.run_chat(engine.provider(engine.config("a").api_key("sk-planted-0123456789")));
  EXPECT_EQ(call->error().raw_body(), "who has ever heard of ***");
}

TEST_F(AttemptTest, WhatCannotBeSentIsNone) {
  const auto call = engine.run_chat(once(), Options().temperature(-1));
  EXPECT_EQ(call->error().kind(), ErrorKind::invalid_request);
  EXPECT_EQ(call->error().provider(), "openai/m-1");
  EXPECT_TRUE(call->attempts().empty());
  const auto timeouts = engine.run_chat(once(), Options().timeouts(Timeouts().idle(-1s)));
  EXPECT_EQ(timeouts->error().where(), "timeouts.idle");
  EXPECT_TRUE(timeouts->attempts().empty());
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(AttemptTest, TimeoutsOfTheCallGoBeforeThoseOfTheModel) {
  engine.serve("a", {silence()});
  const Provider provider =
      engine.provider(engine.config("a").timeouts(Timeouts().idle(9s)).retry_config(RetryConfig().max_attempts(1)));
  EXPECT_EQ(engine.run_chat(provider)->took, 9s);
  EXPECT_EQ(engine.run_chat(provider, Options().timeouts(Timeouts().idle(4s)))->took, 4s);
}

TEST_F(AttemptTest, ACancelledOneIsOnTheListToo) {
  engine.serve("a", {silence()});
  const auto call = engine.run_chat(once(), Options().deadline(3s));
  ASSERT_EQ(call->attempts().size(), 1U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(call->attempts()[0].duration(), 3s);
}

/// One that a user might write.
TEST(Attempts, ATransportThatThrowsFailsThisOne) {
  VirtualScheduler scheduler;
  std::optional<Engine> engine(std::in_place, EngineOptions().scheduler(scheduler).transport([](Scheduler& clock) {
    return std::make_unique<ScriptedTransport>(
        clock, [](const HttpRequest&) -> Script { throw std::runtime_error("no sockets left"); });
  }));
  const ModelConfig config = ModelConfig("m-1", providers::openai).base_url("http://a/v1").api_key("k");
  std::optional<Result<Response>> result;
  {
    const Provider provider = create_provider(config, ProviderOptions().engine(*engine));
    provider.async_chat("Hi").then([&](Result<Response> given) { result = std::move(given); });
    scheduler.run();
  }
  ASSERT_TRUE(result && !*result);
  EXPECT_EQ(result->error().kind(), ErrorKind::internal);
  EXPECT_EQ(result->error().where(), "engine.transport");
  EXPECT_EQ(result->error().message(), "the transport threw: no sockets left");
  EXPECT_EQ(result->error().attempts().size(), 1U);
  engine.reset();
  scheduler.run();
}

}  // namespace
}  // namespace antiphon::test
