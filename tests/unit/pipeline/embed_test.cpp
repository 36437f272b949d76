// Embedding texts: as many requests as it takes, through the same layers as every call.

#include "pipeline/embed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

using Answer = Result<Embeddings>;
using Vectors = std::vector<Embeddings::Vector>;

/// An answer with one vector of two numbers for each text: the first says which text it is (providers.md, 7.1).
std::string vectors_from(int first, int count, int tokens = 10) {
  std::string rows;
  for (int i = 0; i < count; ++i) {
    rows += rows.empty() ? "" : ",";
    rows += R"({"object":"embedding","index":)" + std::to_string(i) + R"(,"embedding":[)" + std::to_string(first + i) +
            ",0.5]}";
  }
  return R"({"object":"list","data":[)" + rows + R"(],"model":"m-1-large","usage":{"prompt_tokens":)" +
         std::to_string(tokens) + R"(,"total_tokens":)" + std::to_string(tokens) + "}}";
}

Script vectors(int first, int count, std::chrono::nanoseconds after = 0ns) {
  return json_answer(200, vectors_from(first, count), {{"x-request-id", "r" + std::to_string(first)}}, after);
}

Texts numbered(int count) {
  Texts texts;
  for (int i = 0; i < count; ++i) texts.add("text " + std::to_string(i));
  return texts;
}

Vectors numbered_vectors(int count) {
  Vectors list;
  for (int i = 0; i < count; ++i) list.push_back({static_cast<float>(i), 0.5F});
  return list;
}

std::vector<std::string> names(const std::vector<Warning>& warnings) {
  std::vector<std::string> list;
  for (const Warning& warning : warnings) list.push_back(warning.where());
  return list;
}

class EmbedTest : public testing::Test {
 protected:
  std::shared_ptr<std::optional<Answer>> start(const Provider& provider, Texts texts,
                                               EmbeddingOptions options = EmbeddingOptions()) {
    auto result = std::make_shared<std::optional<Answer>>();
    provider.async_embed(std::move(texts), std::move(options)).then([result](Answer answer) {
      *result = std::move(answer);
    });
    return result;
  }
  Answer run(const Provider& provider, Texts texts, EmbeddingOptions options = EmbeddingOptions()) {
    const auto result = start(provider, std::move(texts), std::move(options));
    engine.scheduler.run();
    return **result;
  }
  const std::string& body(std::size_t index) const { return engine.sent.at(index).request.body; }

  VirtualEngine engine;
};

TEST_F(EmbedTest, GivesTheVectorOfAText) {
  engine.serve("a", {vectors(7, 1, 2s)});
  const Answer answer = run(engine.provider("a"), "Hi");
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vector(), (Embeddings::Vector{7, 0.5F}));
  EXPECT_EQ(answer->size(), 1U);
  EXPECT_EQ(answer->dimensions(), 2U);
  EXPECT_EQ(answer->model(), "m-1-large");
  EXPECT_EQ(answer->provider(), "openai");
  EXPECT_EQ(answer->usage().input_tokens(), Count(10));
  EXPECT_EQ(answer->usage().total_tokens(), Count(10));
  EXPECT_EQ(answer->duration(), 2s);
  ASSERT_EQ(answer->attempts().size(), 1U);
  EXPECT_EQ(answer->attempts()[0].status(), 200);
  EXPECT_EQ(answer->attempts()[0].request_id(), "r7");
  EXPECT_EQ(engine.sent[0].request.url, "http://a/v1/embeddings");
  EXPECT_EQ(engine.sent[0].request.headers.get("authorization"), "Bearer k");
  EXPECT_EQ(body(0), R"({"model":"m-1","input":["Hi"]})");
}

TEST_F(EmbedTest, AsksInAsManyRequestsAsItTakes) {
  engine.serve("a", {vectors(0, 96), vectors(96, 96), vectors(192, 8)});
  const Answer answer = run(engine.provider("a"), numbered(200));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(200));
  EXPECT_EQ(answer->usage().input_tokens(), Count(30));
  EXPECT_EQ(answer->attempts().size(), 3U);
  ASSERT_EQ(engine.sent.size(), 3U);
  EXPECT_NE(body(1).find(R"("input":["text 96",)"), std::string::npos) << body(1);
  EXPECT_NE(body(2).find(R"("text 199"])"), std::string::npos) << body(2);
}

TEST_F(EmbedTest, ARequestHoldsNoMoreBytesThanTheProviderTakes) {
  engine.serve("api.openai.com", {vectors(0, 2), vectors(2, 1), vectors(3, 1)});
  const Provider provider = engine.provider(engine.config("a").base_url("https://api.openai.com/v1"));
  Texts texts;
  for (const std::size_t size : {100'000, 200'000, 1, 300'001}) texts.add(std::string(size, 'x'));
  const Answer answer = run(provider, std::move(texts));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(4));
  EXPECT_EQ(engine.sent.size(), 3U);
}

TEST_F(EmbedTest, KeepsTheOrderHoweverTheAnswersCome) {
  engine.serve("a", {vectors(0, 2, 3s), vectors(2, 2, 1s), vectors(4, 1, 2s)});
  const Answer answer = run(engine.provider("a"), numbered(5), EmbeddingOptions().batch_size(2));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(5));
  EXPECT_EQ(engine.now(), 3s);
}

TEST_F(EmbedTest, NoMoreRequestsAtATimeThanWanted) {
  engine.serve("a", {vectors(0, 1, 1s), vectors(1, 1, 1s), vectors(2, 1, 1s), vectors(3, 1, 1s), vectors(4, 1, 1s)});
  const EmbeddingOptions one_each = EmbeddingOptions().batch_size(1);
  const auto two = start(engine.provider("a"), numbered(5), EmbeddingOptions(one_each).concurrency(2));
  engine.scheduler.run_for(500ms);
  EXPECT_EQ(engine.sent.size(), 2U);
  engine.scheduler.run();
  EXPECT_EQ((*two)->value().vectors(), numbered_vectors(5));
  EXPECT_EQ(engine.now(), 3s);
  engine.sent.clear();
  engine.serve("a", {vectors(0, 1, 1s)});
  const auto four = start(engine.provider("a"), numbered(9), one_each);
  engine.scheduler.run_for(500ms);
  EXPECT_EQ(engine.sent.size(), 4U) << "the default";
  engine.scheduler.run();
}

TEST_F(EmbedTest, LimitsOfTheProviderHold) {
  engine.serve("a", {vectors(0, 1, 1s), vectors(1, 1, 1s)});
  const Provider provider = engine.provider(engine.config("a").limits(Limits().max_concurrent(1)));
  const auto result = start(provider, numbered(2), EmbeddingOptions().batch_size(1));
  engine.scheduler.run_for(500ms);
  EXPECT_EQ(engine.sent.size(), 1U);
  engine.scheduler.run();
  EXPECT_EQ((*result)->value().vectors(), numbered_vectors(2));
}

TEST_F(EmbedTest, TextsCountForTheLimitOfTokens) {
  engine.serve("a", {vectors(0, 1), vectors(1, 1)});
  const Provider provider = engine.provider(engine.config("a").limits(Limits().tokens_per_minute(1000)));
  // 4,000 bytes are taken for 1,000 tokens; the answer says that it were 10.
  const Answer answer = run(provider, Texts(std::string(4000, 'a'), std::string(4000, 'b')),
                            EmbeddingOptions().batch_size(1).concurrency(1));
  ASSERT_TRUE(answer) << answer.error().what();
  ASSERT_EQ(engine.sent.size(), 2U);
  EXPECT_GT(engine.sent[1].at, 0s);
}

TEST_F(EmbedTest, ARequestInTheMiddleIsTriedAgain) {
  engine.serve("a", {vectors(0, 2), refusing(429, {{"retry-after", "2"}}), vectors(2, 2), vectors(4, 1)});
  const Answer answer = run(engine.provider("a"), numbered(5), EmbeddingOptions().batch_size(2).concurrency(1));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(5));
  EXPECT_EQ(answer->usage().input_tokens(), Count(30)) << "what failed was not counted";
  ASSERT_EQ(answer->attempts().size(), 4U);
  EXPECT_EQ(answer->attempts()[1].error(), ErrorKind::rate_limited);
  EXPECT_GE(answer->attempts()[2].waited(), 2s);
  EXPECT_GE(engine.sent[2].at, 2s);
  EXPECT_EQ(body(1), body(2));
}

TEST_F(EmbedTest, APauseIsForAllRequests) {
  engine.serve("a", {refusing(429, {{"retry-after", "5"}}), vectors(0, 1), vectors(1, 1)});
  const auto result = start(engine.provider("a"), numbered(2), EmbeddingOptions().batch_size(1).concurrency(1));
  engine.scheduler.run_for(4s);
  EXPECT_EQ(engine.sent.size(), 1U);
  engine.scheduler.run();
  EXPECT_TRUE(**result);
}

TEST_F(EmbedTest, ALimitThatIsUsedUpIsWaitedFor) {
  const Headers used_up = {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "3s"}};
  engine.serve("a", {json_answer(200, vectors_from(0, 1), used_up), vectors(1, 1)});
  const Answer answer = run(engine.provider("a"), numbered(2), EmbeddingOptions().batch_size(1).concurrency(1));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_GE(engine.sent[1].at, 3s);
}

TEST_F(EmbedTest, AFailureNamesItsTextsAndEndsTheOthers) {
  engine.serve("a", {vectors(0, 2), refusing(400, {}, R"({"error":{"message":"not so","code":"odd"}})"), silence()});
  const Answer answer = run(engine.provider("a"), numbered(6), EmbeddingOptions().batch_size(2));
  ASSERT_FALSE(answer);
  const Error& error = answer.error();
  EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
  EXPECT_EQ(error.where(), "inputs/2-3");
  EXPECT_EQ(error.provider_message(), "not so");
  EXPECT_EQ(error.provider(), "openai/m-1");
  EXPECT_EQ(engine.now(), 0s) << "nobody waited for the third";
  ASSERT_EQ(error.attempts().size(), 3U);
  EXPECT_EQ(error.attempts()[2].error(), ErrorKind::cancelled);
  ASSERT_NE(error.partial(), nullptr);
  EXPECT_EQ(error.partial()->usage().input_tokens(), Count(10)) << "what the first request cost";
}

TEST_F(EmbedTest, AFailureThatNamesAPlaceKeepsIt) {
  engine.serve("a", {vectors(0, 1), json_answer(200, R"({"data":[{"index":7,"embedding":[1]}]})")});
  const Answer answer = run(engine.provider(engine.config("a").retry_config(RetryConfig().max_attempts(1))),
                            numbered(2), EmbeddingOptions().batch_size(1));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::protocol);
  EXPECT_EQ(answer.error().where(), "data/0/index");
  EXPECT_NE(answer.error().message().find("inputs/1"), std::string::npos) << answer.error().what();
  EXPECT_EQ(answer.error().http_status(), 200);
}

TEST_F(EmbedTest, AFailureOfTheOnlyRequestIsWhatItIs) {
  engine.serve("a", {refusing(401)});
  const Answer answer = run(engine.provider("a"), numbered(2));
  EXPECT_EQ(answer.error().kind(), ErrorKind::authentication);
  EXPECT_EQ(answer.error().where(), "");
  EXPECT_EQ(answer.error().partial(), nullptr);
}

TEST_F(EmbedTest, AnAnswerThatIsNoneIsTriedAgain) {
  engine.serve("a", {json_answer(200, "<html>busy</html>"), vectors(0, 1)});
  EXPECT_TRUE(run(engine.provider("a"), "x"));
  EXPECT_EQ(engine.sent.size(), 2U);
}

TEST_F(EmbedTest, VectorsOfTwoAnswersMustFit) {
  engine.serve("a", {vectors(0, 1), json_answer(200, R"({"data":[{"embedding":[1,2,3]}]})")});
  const Answer answer = run(engine.provider("a"), numbered(2), EmbeddingOptions().batch_size(1));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::protocol);
  EXPECT_EQ(answer.error().where(), "inputs/1");
}

TEST_F(EmbedTest, TheDeadlineIsForAllTogether) {
  engine.serve("a", {vectors(0, 1, 2s)});
  const EmbeddingOptions slow = EmbeddingOptions().batch_size(1).concurrency(1).deadline(5s);
  const Answer answer = run(engine.provider("a"), numbered(3), slow);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(answer.error().where(), "deadline") << "not the fault of a text";
  EXPECT_EQ(engine.now(), 5s);
  EXPECT_EQ(engine.sent.size(), 3U);
  EXPECT_EQ(answer.error().partial()->usage().input_tokens(), Count(20));
  EXPECT_FALSE(run(engine.provider("a"), "x", EmbeddingOptions().deadline(-1s)));
  EXPECT_EQ(engine.sent.size(), 3U);
}

TEST_F(EmbedTest, IsCancelled) {
  engine.serve("a", {silence()});
  std::stop_source stop;
  const auto result =
      start(engine.provider("a"), numbered(4), EmbeddingOptions().batch_size(1).cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  EXPECT_EQ(engine.sent.size(), 4U);
  stop.request_stop();
  engine.scheduler.run();
  ASSERT_TRUE(*result);
  EXPECT_EQ((*result)->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ((*result)->error().attempts().size(), 4U);
  EXPECT_EQ(engine.now(), 1s);
}

TEST_F(EmbedTest, IsCancelledWhileItWaits) {
  engine.serve("a", {refusing(503, {{"retry-after", "30"}})});
  std::stop_source stop;
  const auto result = start(engine.provider("a"), "x", EmbeddingOptions().cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  stop.request_stop();
  engine.scheduler.run();
  EXPECT_EQ((*result)->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(engine.now(), 1s);
}

TEST_F(EmbedTest, TimeoutsHold) {
  engine.serve("a", {silence()});
  const Provider once = engine.provider(engine.config("a").retry_config(RetryConfig().max_attempts(1)));
  const Answer answer = run(once, "x", EmbeddingOptions().timeouts(Timeouts().first_content(2s)));
  EXPECT_EQ(answer.error().kind(), ErrorKind::timeout);
  EXPECT_EQ(answer.error().where(), "timeouts.first_content");
  EXPECT_EQ(engine.now(), 2s);
}

TEST_F(EmbedTest, WithoutTextsNothingIsSent) {
  const Answer answer = run(engine.provider("a"), Texts());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->size(), 0U);
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(EmbedTest, WhatCannotBeAskedForIsFoundBeforeAnythingIsSent) {
  const auto where = [&](Texts texts, EmbeddingOptions options = EmbeddingOptions()) {
    const Answer answer = run(engine.provider("a"), std::move(texts), std::move(options));
    EXPECT_FALSE(answer);
    if (answer) return std::string();
    EXPECT_EQ(answer.error().kind(), ErrorKind::invalid_request) << answer.error().what();
    return answer.error().where();
  };
  EXPECT_EQ(where(Texts("a", "")), "inputs/1");
  EXPECT_EQ(where(Texts("a", "b", "\xff")), "inputs/2");
  EXPECT_EQ(where("a", EmbeddingOptions().dimensions(0)), "dimensions");
  EXPECT_EQ(where("a", EmbeddingOptions().batch_size(0)), "batch_size");
  EXPECT_EQ(where("a", EmbeddingOptions().concurrency(0)), "concurrency");
  EXPECT_EQ(where("a", EmbeddingOptions().extra("[]")), "extra");
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(EmbedTest, ABodyChangedAtAPlace) {
  engine.serve("a", {vectors(0, 1)});
  EXPECT_TRUE(run(engine.provider("a"), "x",
                  EmbeddingOptions().extra("/x/y", "1").query("q", "1").header("x-team", "blue").option("z", true)));
  EXPECT_EQ(body(0), R"({"model":"m-1","input":["x"],"z":true,"x":{"y":1}})");
  EXPECT_EQ(engine.sent[0].request.url, "http://a/v1/embeddings?q=1");
  EXPECT_EQ(engine.sent[0].request.headers.get("x-team"), "blue");
}

TEST_F(EmbedTest, OptionsOfTheModelHold) {
  engine.serve("a", {vectors(0, 1)});
  const Provider provider =
      engine.provider(engine.config("a").options(Options().option("dimensions", 2).header("x-team", "blue")));
  EXPECT_TRUE(run(provider, "x"));
  EXPECT_EQ(body(0), R"({"model":"m-1","input":["x"],"dimensions":2})");
  EXPECT_EQ(engine.sent[0].request.headers.get("x-team"), "blue");
  EXPECT_TRUE(run(provider, "x", EmbeddingOptions().dimensions(3)));
  EXPECT_EQ(body(1), R"({"model":"m-1","input":["x"],"dimensions":3})");
}

TEST_F(EmbedTest, WhatIsOfAChatAloneIsNotLookedAt) {
  engine.serve("a", {vectors(0, 1)});
  const Options of_chats = Options().temperature(0.5).max_tokens(5).fetch_urls();
  const Answer answer = run(engine.provider(engine.config("a").options(of_chats)), "x", EmbeddingOptions().strict());
  EXPECT_TRUE(answer);
  EXPECT_EQ(body(0), R"({"model":"m-1","input":["x"]})");
}

TEST_F(EmbedTest, AWarningIsSaidOnce) {
  engine.serve("a", {vectors(0, 1), vectors(1, 1), vectors(2, 1)});
  const EmbeddingOptions query = EmbeddingOptions().batch_size(1).input_type(InputType::query);
  const Answer answer = run(engine.provider("a"), numbered(3), query);
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(names(answer->warnings()), std::vector<std::string>{"input_type"});
  const Answer strict = run(engine.provider("a"), numbered(3), EmbeddingOptions(query).strict());
  EXPECT_EQ(strict.error().kind(), ErrorKind::unsupported);
  EXPECT_EQ(strict.error().where(), "input_type");
  EXPECT_EQ(engine.sent.size(), 3U);
}

TEST_F(EmbedTest, OptionsThatAreMeantForNobodyAreNamed) {
  engine.serve("a", {vectors(0, 1)});
  const EmbeddingOptions options = EmbeddingOptions().with(OwnOptions("ollama").set("num_ctx", 1));
  const Answer answer = run(engine.provider("a"), "x", options);
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(names(answer->warnings()), std::vector<std::string>{"ollama"});
  EXPECT_EQ(body(0), R"({"model":"m-1","input":["x"]})");
  const Answer strict = run(engine.provider("a"), "x", EmbeddingOptions(options).strict());
  EXPECT_EQ(strict.error().where(), "ollama");
  EXPECT_TRUE(run(engine.provider("a"), "x", EmbeddingOptions().with(OwnOptions("openai").set("z", 1))));
  EXPECT_EQ(body(1), R"({"model":"m-1","input":["x"],"z":1})");
}

TEST_F(EmbedTest, CallbacksHearOfOneCall) {
  engine.serve("a", {vectors(0, 2), vectors(2, 1), refusing(400)});
  std::vector<std::string> heard;
  Callbacks callbacks;
  callbacks.on_request([&](const Request& request) {
    heard.push_back("request of " + std::to_string(request.messages().size()));
    ASSERT_NE(request.embedding(), nullptr);
    EXPECT_EQ(request.embedding()->batch_size(), 2U);
    EXPECT_EQ(request.messages()[0].parts()[0].text(), "text 0");
  });
  callbacks.on_response([&](const Request&, const Response& response) {
    heard.push_back("response of " + to_string(response.usage().input_tokens()) + " tokens and " +
                    std::to_string(response.attempts().size()) + " attempts" + response.content());
  });
  callbacks.on_error([&](const Request&, const Error& error) { heard.push_back("error " + error.where()); });
  const Provider provider = engine.provider(engine.config("a"), ProviderOptions().callbacks(callbacks));
  EXPECT_TRUE(run(provider, numbered(3), EmbeddingOptions().batch_size(2)));
  EXPECT_FALSE(run(provider, numbered(1), EmbeddingOptions().batch_size(2)));
  EXPECT_EQ(heard, (std::vector<std::string>{"request of 3", "response of 20 tokens and 2 attempts", "request of 1",
                                             "error "}));
}

TEST_F(EmbedTest, CallbacksOfALinkHearOfEachRequest) {
  engine.serve("a", {vectors(0, 1), refusing(401), refusing(401)});
  engine.serve("b", {vectors(1, 1)});
  std::vector<std::string> heard;
  Callbacks callbacks;
  callbacks.on_response([&](const Request&, const Response& response) {
    heard.push_back("response of " + to_string(response.usage().input_tokens()));
  });
  callbacks.on_error([&](const Request&, const Error&) { heard.push_back("error"); });
  const Provider first = engine.provider(engine.config("a"), ProviderOptions().callbacks(callbacks));
  EXPECT_TRUE(
      run(FallbackProvider(first, engine.provider("b")), numbered(2), EmbeddingOptions().batch_size(1).concurrency(1)));
  EXPECT_EQ(heard, (std::vector<std::string>{"response of 10", "error"}));
}

TEST_F(EmbedTest, CallbacksOfALinkHearOfNoAttemptButThoseOfTheirRequest) {
  // Three requests side by side at one provider: one is tried again, one lost to the next provider.
  engine.serve("a", {vectors(0, 1, 1s), refusing(500, {{"retry-after", "2"}}), refusing(401, {}, "{}"), vectors(1, 1)});
  engine.serve("b", {vectors(2, 1)});
  std::vector<std::string> heard;
  const auto statuses = [](const std::vector<Attempt>& attempts) {
    std::string text;
    for (const Attempt& attempt : attempts) text += " " + std::to_string(attempt.status());
    return text;
  };
  Callbacks callbacks;
  callbacks.on_response([&](const Request& request, const Response& response) {
    heard.push_back(request.messages()[0].content() + ":" + statuses(response.attempts()));
  });
  callbacks.on_error(
      [&](const Request&, const Error& error) { heard.push_back("error:" + statuses(error.attempts())); });
  const Provider first = engine.provider(engine.config("a"), ProviderOptions().callbacks(callbacks));
  const Answer answer =
      run(FallbackProvider(first, engine.provider("b")), numbered(3), EmbeddingOptions().batch_size(1).concurrency(3));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(3));
  EXPECT_EQ(answer->attempts().size(), 5U);
  std::sort(heard.begin(), heard.end());
  EXPECT_EQ(heard, (std::vector<std::string>{"error: 401", "text 0: 200", "text 1: 500 200"}));
}

class Refusing : public Layer {
 public:
  void handle(Request, std::shared_ptr<Next>, Done done) override { done(Error(ErrorKind::conflict, "not here")); }
};

TEST_F(EmbedTest, LayersSeeChatsAlone) {
  engine.serve("a", {vectors(0, 1)});
  const Provider provider = engine.provider(engine.config("a"), ProviderOptions().layer(std::make_shared<Refusing>()));
  EXPECT_TRUE(run(provider, "x"));
  EXPECT_TRUE(run(FallbackProvider(provider), "x"));
}

TEST_F(EmbedTest, AnotherProviderOfTheSameModelStandsIn) {
  engine.serve("a", {vectors(0, 1), refusing(401)});
  engine.serve("b", {vectors(1, 1)});
  FallbackLink picky(engine.provider("b"));
  picky.accept([](const Response& response) { return !response.content().empty(); });
  const Answer answer =
      run(FallbackProvider(engine.provider("a"), picky), numbered(2), EmbeddingOptions().batch_size(1));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(2));
  ASSERT_EQ(answer->attempts().size(), 3U);
  EXPECT_FALSE(answer->attempts()[0].error()) << "another request of the call failed at the same provider";
  EXPECT_EQ(answer->attempts()[1].error(), ErrorKind::authentication);
  EXPECT_EQ(engine.sent_to("b"), 1U);
}

TEST_F(EmbedTest, AProviderThatCannotBeReachedIsLeftAtOnce) {
  engine.serve("a", {failing(ErrorKind::connection)});
  engine.serve("b", {vectors(0, 1)});
  EXPECT_TRUE(run(FallbackProvider(engine.provider("a"), engine.provider("b")), "x"));
  EXPECT_EQ(engine.sent_to("a"), 1U);
  EXPECT_EQ(engine.now(), 0s);
}

TEST_F(EmbedTest, VectorsOfDifferentModelsAreNotMixed) {
  const FallbackProvider two(engine.provider(engine.config("a", "one")), engine.provider(engine.config("b", "two")));
  const Answer answer = run(two, "x");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::invalid_config);
  EXPECT_EQ(answer.error().where(), "fallback.links");
  EXPECT_NE(answer.error().message().find("openai/two"), std::string::npos) << answer.error().what();
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(EmbedTest, OneModelMayHaveTwoNames) {
  engine.serve("a", {refusing(401)});
  engine.serve("b", {vectors(0, 1)});
  EXPECT_TRUE(run(FallbackProvider(engine.provider(engine.config("a", "small")),
                                   engine.provider(engine.config("b", "publisher/small:latest"))),
                  "x"));
}

TEST_F(EmbedTest, TheSmallestBoundOfAllLinksHolds) {
  engine.serve("api.voyageai.com", {vectors(0, 96)});
  const ModelConfig voyage = ModelConfig("m-1", "voyage").api_key("k");
  (void)run(FallbackProvider(engine.provider(voyage), engine.provider("b")), numbered(97));
  ASSERT_FALSE(engine.sent.empty());
  EXPECT_EQ(body(0).find("text 96"), std::string::npos);
}

TEST_F(EmbedTest, ASlowProviderIsHedged) {
  engine.serve("a", {vectors(0, 1, 10s)});
  engine.serve("b", {vectors(0, 1, 1s)});
  FallbackConfig config;
  config.link(FallbackLink(engine.provider("a"))).link(FallbackLink(engine.provider("b")));
  config.hedge(HedgeConfig().delay(2s));
  const Answer answer = run(FallbackProvider(config), "x");
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(1));
  EXPECT_EQ(engine.now(), 3s);
  EXPECT_EQ(answer->attempts().size(), 2U);
}

class Silent : public Model {
 public:
  void answer(const Request&, ModelAnswer) override { FAIL() << "asked"; }
};

TEST_F(EmbedTest, OneRequestTriesWhetherAProviderIsBackAndTheOthersFollow) {
  RetryConfig once;
  once.max_attempts(1);
  FallbackConfig config;
  config.link(FallbackLink(engine.provider(engine.config("a").retry_config(once))));
  config.circuit_breaker(CircuitBreakerConfig().failures(1).rest(10s));
  const FallbackProvider provider(config, ProviderOptions().engine(*engine.engine));
  engine.serve("a", {refusing(500), vectors(0, 1, 1s), vectors(1, 1), vectors(2, 1)});
  EXPECT_FALSE(run(provider, "x"));
  engine.scheduler.run_for(1h);
  const Answer answer = run(provider, numbered(3), EmbeddingOptions().batch_size(1).concurrency(3));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(3));
  ASSERT_EQ(engine.sent.size(), 4U);
  EXPECT_EQ(engine.sent[2].at - engine.sent[1].at, 1s);
}

TEST_F(EmbedTest, WhenTheProviderIsNotBackOneRequestWasMade) {
  RetryConfig once;
  once.max_attempts(1);
  FallbackConfig config;
  config.link(FallbackLink(engine.provider(engine.config("a").retry_config(once))));
  config.circuit_breaker(CircuitBreakerConfig().failures(1).rest(10s));
  const FallbackProvider provider(config, ProviderOptions().engine(*engine.engine));
  engine.serve("a", {refusing(500)});
  EXPECT_FALSE(run(provider, "x"));
  engine.scheduler.run_for(1h);
  const Answer answer = run(provider, numbered(3), EmbeddingOptions().batch_size(1).concurrency(3));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::server_error);
  EXPECT_EQ(engine.sent.size(), 2U);
}

TEST_F(EmbedTest, WhoCannotEmbedSaysSo) {
  const Provider anthropic = engine.provider(ModelConfig("m", providers::anthropic).base_url("http://a").api_key("k"));
  const Provider own =
      create_provider(std::make_shared<Silent>(), ModelConfig("m", "own"), ProviderOptions().engine(*engine.engine));
  for (const Provider& provider : {anthropic, own}) {
    const Answer answer = run(provider, "x");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind(), ErrorKind::unsupported);
    EXPECT_EQ(answer.error().where(), "provider");
    EXPECT_EQ(answer.error().provider(), provider.name());
  }
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(EmbedTest, IsBounded) {
  engine.serve("a", {vectors(0, 1)});
  const Answer answer = run(engine.provider(engine.config("a").max_response_bytes(20)), "x");
  EXPECT_EQ(answer.error().kind(), ErrorKind::response_too_large);
  EXPECT_EQ(answer.error().where(), "max_response_bytes");
}

TEST_F(EmbedTest, KeysAreInNoError) {
  engine.serve("a", {refusing(400, {}, R"({"error":{"message":"bad key sk-secret-key-1"}})")});
  const Answer answer = run(engine.provider(engine.config("a").api_key("sk-secret-key-1")), "x");
  EXPECT_EQ(std::string(answer.error().what()).find("sk-secret"), std::string::npos) << answer.error().what();
}

TEST_F(EmbedTest, AnAnswerMayComeInAnyPieces) {
  const std::string whole = vectors_from(0, 2);
  for (std::size_t at = 0; at <= whole.size(); ++at) {
    engine.serve("a", {Script()
                           .connect()
                           .head(200, {{"content-type", "application/json"}})
                           .bytes(whole.substr(0, at))
                           .bytes(whole.substr(at))
                           .end()});
    const Answer answer = run(engine.provider("a"), numbered(2));
    ASSERT_TRUE(answer) << at << answer.error().what();
    ASSERT_EQ(answer->vectors(), numbered_vectors(2)) << at;
  }
}

TEST_F(EmbedTest, AnAnswerThatIsCutIsTriedAgain) {
  const std::string whole = vectors_from(0, 1);
  engine.serve("a",
               {Script().connect().head(200).bytes(whole.substr(0, 40)).fail(Error(ErrorKind::connection, "reset")),
                vectors(0, 1)});
  const Answer answer = run(engine.provider("a"), "x");
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->attempts().size(), 2U);
}

TEST_F(EmbedTest, WhoIsFastestIsMeasuredWithEveryAnswer) {
  engine.serve("slow", {vectors(0, 1, 3s)});
  engine.serve("fast", {vectors(0, 1, 1s)});
  FallbackConfig config;
  config.link(engine.provider("slow")).link(engine.provider("fast")).strategy(FallbackStrategy::lowest_latency);
  const FallbackProvider both(config);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(run(both, "Hi"));
  EXPECT_EQ(engine.sent_to("slow"), 1U) << "once, to find out";
  EXPECT_EQ(engine.sent_to("fast"), 5U);
}

TEST_F(EmbedTest, BatchesInEachOthersWayAskNobodyElse) {
  engine.serve("a", {vectors(0, 1, 5s), vectors(1, 1, 5s), vectors(2, 1, 5s)});
  engine.serve("b", {vectors(0, 1)});
  const Provider a = engine.provider(engine.config("a").limits(Limits().max_concurrent(1)));
  const Answer answer =
      run(FallbackProvider(a, engine.provider("b")), numbered(3), EmbeddingOptions().batch_size(1).concurrency(3));
  ASSERT_TRUE(answer) << answer.error().what();
  EXPECT_EQ(answer->vectors(), numbered_vectors(3));
  EXPECT_EQ(engine.sent_to("b"), 0U);
  EXPECT_EQ(engine.now(), 15s);
}

TEST_F(EmbedTest, AllRequestsAreInTheCost) {
  // text-embedding-3-small is 0.02 dollars for a million tokens; each answer says that it used 10.
  engine.serve("a", {refusing(500), vectors(0, 1), vectors(1, 1)});
  const Provider provider = engine.provider(engine.config("a", "text-embedding-3-small"));
  const Answer answer = run(provider, numbered(2), EmbeddingOptions().batch_size(1).concurrency(1));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->attempts().size(), 3U);
  EXPECT_EQ(answer->cost(), Money("0.0000004"));
}

}  // namespace
}  // namespace antiphon::test
