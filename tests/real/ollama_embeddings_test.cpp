// Vectors of a real Ollama (providers.md, 5.5), of a model that was not made for them: shapes, counts, repeatability.
#include <numeric>
#include <string>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/ollama_server.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

double product(const Embeddings::Vector& a, const Embeddings::Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST(RealOllamaEmbeddings, have_a_vector_for_each_text) {
  const Embeddings embeddings = ollama().embed(Texts("The cat sat on the mat.", "Blue light is scattered."));
  ASSERT_EQ(embeddings.size(), 2U);
  EXPECT_EQ(embeddings.dimensions(), 576U);
  for (const Embeddings::Vector& vector : embeddings.vectors()) EXPECT_NEAR(product(vector, vector), 1, 1e-3);
  EXPECT_LT(product(embeddings.vector(0), embeddings.vector(1)), 0.999);
  EXPECT_GT(embeddings.usage().input_tokens().value_or(0), 8);
  EXPECT_EQ(embeddings.model(), "smol");
  ASSERT_EQ(embeddings.attempts().size(), 1U);
  EXPECT_EQ(embeddings.attempts()[0].status(), 200);
}

TEST(RealOllamaEmbeddings, in_batches_keep_their_order) {
  Texts texts;
  for (const char* word : {"sea", "bread", "tax", "cat", "why"}) texts.add(word);
  const Embeddings batched = ollama().embed(texts, EmbeddingOptions().batch_size(2).concurrency(2));
  EXPECT_EQ(batched.attempts().size(), 3U);
  ASSERT_EQ(batched.size(), 5U);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_GT(product(ollama().embed(texts.list()[i]).vector(), batched.vector(i)), 0.999) << i;
  }
}

TEST(RealOllamaEmbeddings, of_both_protocols_of_the_server_are_the_same) {
  const Embeddings native = ollama().embed("Hello");
  const Embeddings by_openai = ollama_by_openai().embed("Hello");
  ASSERT_EQ(native.dimensions(), by_openai.dimensions());
  EXPECT_GT(product(native.vector(), by_openai.vector()), 0.999);
}

TEST(RealOllamaEmbeddings, a_text_that_is_too_long_is_cut_or_an_error) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "word ";
  const EmbeddingOptions options = EmbeddingOptions().option("num_ctx", 128);
  const Embeddings cut = ollama().embed(text, EmbeddingOptions(options).truncate(true));
  EXPECT_LE(cut.usage().input_tokens().value_or(300), 128);
  const Result<Embeddings> refused = ollama().try_embed(text, EmbeddingOptions(options).truncate(false));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().http_status(), 400);
  EXPECT_NE(refused.error().provider_message().find("exceeds"), std::string::npos) << refused.error().what();
}

}  // namespace
}  // namespace antiphon_tests
