// Embeddings over real sockets, of every provider that has them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <numeric>
#include <stop_token>

#include "integration/reliability.hpp"
#include "support/coroutine.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

double product(const Embeddings::Vector& a, const Embeddings::Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Texts three() { return Texts("the cat sat on the mat", "the cat lay on the mat", "taxes are due in April"); }

/// Three vectors, of which the first two are near to each other.
void expect_sense(const Provider& provider, std::size_t dimensions,
                  const EmbeddingOptions& options = EmbeddingOptions()) {
  SCOPED_TRACE(provider.name());
  const Result<Embeddings> result = provider.try_embed(three(), options);
  ASSERT_TRUE(result) << result.error().what();
  ASSERT_EQ(result->size(), 3U);
  EXPECT_EQ(result->dimensions(), dimensions);
  for (const Embeddings::Vector& vector : result->vectors()) EXPECT_NEAR(product(vector, vector), 1, 1e-5);
  EXPECT_GT(product(result->vector(0), result->vector(1)), 0.5);
  EXPECT_LT(std::abs(product(result->vector(0), result->vector(2))), 0.4);
  EXPECT_TRUE(result->warnings().empty()) << result->warnings()[0].where();
}

TEST(Embedding, OfEveryProvider) {
  Simulator simulator;
  expect_sense(create_provider(openai_at(simulator, "text-embedding-3-small")), 1536);
  expect_sense(create_provider(openai_at(simulator, "text-embedding-3-large")), 256,
               EmbeddingOptions().dimensions(256));
  expect_sense(create_provider(ollama_at(simulator, "nomic-embed-text")), 768);
  expect_sense(create_provider(ollama_at(simulator, "nomic-embed-text")), 64, EmbeddingOptions().dimensions(64));
  const ModelConfig gemini =
      ModelConfig("gemini-embedding-001", providers::gemini).base_url(simulator.url()).api_key("k");
  expect_sense(create_provider(gemini), 3072, EmbeddingOptions().input_type(InputType::similarity));
  expect_sense(create_provider(gemini), 768, EmbeddingOptions().dimensions(768));
  ModelConfig vertex = ModelConfig("text-embedding-005", providers::gemini).api_key("k");
  vertex.base_url(simulator.url() + "/v1/projects/p/locations/us-central1");
  expect_sense(create_provider(vertex), 256, EmbeddingOptions().dimensions(256).truncate(false));
}

TEST(Embedding, TheEncodingMakesNoDifference) {
  Simulator simulator;
  const Provider provider = create_provider(openai_at(simulator, "text-embedding-3-small"));
  const Embeddings floats = provider.embed(three(), EmbeddingOptions().encoding(EmbeddingEncoding::floats));
  const Embeddings base64 = provider.embed(three(), EmbeddingOptions().encoding(EmbeddingEncoding::base64));
  EXPECT_EQ(floats.vectors(), base64.vectors());
  EXPECT_EQ(floats.usage(), base64.usage());
  EXPECT_NE(simulator.requests()[1].body.find("base64"), std::string::npos);
}

TEST(Embedding, InBatchesIsTheSameAsAlone) {
  Simulator simulator;
  const Provider provider = create_provider(openai_at(simulator, "text-embedding-3-small"));
  Texts texts;
  for (int i = 0; i < 25; ++i) texts.add("text number " + std::to_string(i));
  const Embeddings all = provider.embed(texts, EmbeddingOptions().dimensions(8));
  EXPECT_EQ(simulator.requests().size(), 1U);
  const Embeddings batched = provider.embed(texts, EmbeddingOptions().dimensions(8).batch_size(4).concurrency(3));
  EXPECT_EQ(simulator.requests().size(), 8U);
  EXPECT_EQ(batched.vectors(), all.vectors());
  EXPECT_EQ(batched.usage(), all.usage());
  EXPECT_EQ(batched.attempts().size(), 7U);
}

TEST(Embedding, ARefusalInTheMiddleIsTriedAgain) {
  Simulator simulator(Scenario().rule(
      R"({"match": {"path": "/v1/embeddings", "nth": 3}, "status": 429, "error": {}, "headers": {"retry-after-ms": "60"}})"));
  const Provider provider = create_provider(openai_at(simulator, "text-embedding-3-small"));
  const EmbeddingOptions options = EmbeddingOptions().dimensions(4).batch_size(2).concurrency(1);
  Texts texts;
  for (int i = 0; i < 9; ++i) texts.add("text " + std::to_string(i));
  const Embeddings embeddings = provider.embed(texts, options);
  EXPECT_EQ(in_words(embeddings.attempts()).find("rate_limited"),
            std::string("text-embedding-3-small well, ").size() * 2 + std::string("text-embedding-3-small ").size())
      << in_words(embeddings.attempts());
  ASSERT_EQ(embeddings.attempts().size(), 6U);
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 6U);
  EXPECT_GE(requests[3].time - requests[2].time, 60ms);
  EXPECT_EQ(requests[3].body, requests[2].body);
  Simulator calm;
  EXPECT_EQ(create_provider(openai_at(calm, "text-embedding-3-small")).embed(texts, options).vectors(),
            embeddings.vectors());
}

TEST(Embedding, ARefusalThatStaysNamesItsTexts) {
  Simulator simulator(
      Scenario().rule(R"({"match": {"body_contains": "text 5"}, "status": 400, "error": {"message": "no"}})"));
  Texts texts;
  for (int i = 0; i < 9; ++i) texts.add("text " + std::to_string(i));
  const Result<Embeddings> result =
      create_provider(openai_at(simulator)).try_embed(texts, EmbeddingOptions().batch_size(2));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::invalid_request);
  EXPECT_EQ(result.error().where(), "inputs/4-5");
}

TEST(Embedding, IsCancelledFromAnotherThread) {
  Simulator simulator(Scenario().rule(R"({"timing": {"never_answer": true}})"));
  const Engine engine;
  const Provider provider = create_provider(openai_at(simulator), ProviderOptions().engine(engine));
  std::stop_source stop;
  std::future<Result<Embeddings>> result = std::async(std::launch::async, [&] {
    return provider.try_embed(Texts("a", "b", "c"), EmbeddingOptions().batch_size(1).cancel_on(stop.get_token()));
  });
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 3, 10s));
  stop.request_stop();
  const Result<Embeddings> ended = result.get();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(ended.error().attempts().size(), 3U);
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 3, 10s)) << "the server hears of it";
}

TEST(Embedding, HasADeadline) {
  Simulator simulator(Scenario().rule(R"({"match": {"nth": 2}, "timing": {"never_answer": true}})"));
  const Result<Embeddings> result = create_provider(openai_at(simulator))
                                        .try_embed(Texts("a", "b"), EmbeddingOptions().batch_size(1).deadline(200ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::deadline_exceeded);
  ASSERT_NE(result.error().partial(), nullptr);
  EXPECT_TRUE(result.error().partial()->usage().known());
}

TEST(Embedding, WithACallback) {
  Simulator simulator;
  std::promise<Result<Embeddings>> promise;
  create_provider(openai_at(simulator)).async_embed("Hi").then([&](Result<Embeddings> result) {
    promise.set_value(std::move(result));
  });
  const Result<Embeddings> result = promise.get_future().get();
  ASSERT_TRUE(result) << result.error().what();
  EXPECT_EQ(result->size(), 1U);
}

Coroutine embed_in_a_coroutine(const ModelConfig& config) {
  const Embeddings two = co_await create_provider(config).async_embed(Texts("a", std::string("b")),
                                                                      EmbeddingOptions().dimensions(4).deadline(30s));
  EXPECT_EQ(two.size(), 2U);
  EXPECT_EQ(two.dimensions(), 4U);
  const Result<Embeddings> none = co_await create_provider(config).async_embed(Texts("a", "")).as_result();
  EXPECT_FALSE(none);
  EXPECT_EQ(none.error().where(), "inputs/1");
}

TEST(Embedding, InACoroutine) {
  Simulator simulator;
  embed_in_a_coroutine(openai_at(simulator)).wait();
}

Coroutine wait_for_ever(Provider provider) {
  (void)co_await provider.async_embed("a");
  ADD_FAILURE() << "went on";
}

TEST(Embedding, ACoroutineThatGoesCancelsIt) {
  Simulator simulator(Scenario().rule(R"({"timing": {"never_answer": true}})"));
  const Engine engine;
  Coroutine coroutine = wait_for_ever(create_provider(openai_at(simulator), ProviderOptions().engine(engine)));
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 1, 10s));
  coroutine.destroy();
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, 10s));
}

TEST(Embedding, AnotherServerOfTheSameModelStandsIn) {
  Simulator broken(Scenario().rule(R"({"status": 500, "error": {}})"));
  Simulator good;
  const Provider first = create_provider(openai_at(broken, "text-embedding-3-small"));
  const Provider second = create_provider(openai_at(good, "text-embedding-3-small"));
  const Embeddings embeddings = FallbackProvider(first, second).embed("Hi");
  EXPECT_EQ(embeddings.vectors(), second.embed("Hi").vectors());
  EXPECT_EQ(embeddings.attempts().back().status(), 200);
}

}  // namespace
}  // namespace antiphon::test
