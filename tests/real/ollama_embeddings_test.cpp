// Vectors of a real Ollama (providers.md, 5.5), of a model that was not made for them: shapes, counts, repeatability.
#include <string>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/ollama_server.hpp"
#include "real/vectors.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

TEST(RealOllamaEmbeddings, have_a_vector_for_each_text) {
  expect_two_vectors(ollama().embed(Texts("The cat sat on the mat.", "Blue light is scattered.")));
}

TEST(RealOllamaEmbeddings, in_batches_keep_their_order) {
  Texts texts;
  for (const char* word : {"sea", "bread", "tax", "cat", "why"}) texts.add(word);
  const Embeddings batched = ollama().embed(texts, EmbeddingOptions().batch_size(2).concurrency(2));
  EXPECT_EQ(batched.attempts().size(), 3U);
  ASSERT_EQ(batched.size(), 5U);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    expect_same(ollama().embed(texts.list()[i]).vector(), batched.vector(i));
  }
}

TEST(RealOllamaEmbeddings, of_both_protocols_of_the_server_are_the_same) {
  const Embeddings native = ollama().embed("Hello");
  const Embeddings by_openai = ollama_by_openai().embed("Hello");
  expect_same(native.vector(), by_openai.vector());
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
