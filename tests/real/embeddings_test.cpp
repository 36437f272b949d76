// Vectors of a model that was not made for them: these tests look at shapes, counts and repeatability.
#include <string>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/real_model.hpp"
#include "real/vectors.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

TEST(RealEmbeddings, have_a_vector_for_each_text) {
  expect_two_vectors(real_model().embed(Texts("The cat sat on the mat.", "Blue light is scattered.")));
}

TEST(RealEmbeddings, are_the_same_in_both_encodings) {
  const Provider model = real_model();
  const Embeddings floats = model.embed("Hello", EmbeddingOptions().encoding(EmbeddingEncoding::floats));
  const Embeddings base64 = model.embed("Hello", EmbeddingOptions().encoding(EmbeddingEncoding::base64));
  ASSERT_EQ(floats.dimensions(), base64.dimensions());
  for (std::size_t i = 0; i < floats.dimensions(); ++i) {
    EXPECT_FLOAT_EQ(floats.vector()[i], base64.vector()[i]) << i;
  }
}

TEST(RealEmbeddings, in_batches_keep_their_order) {
  const Provider model = real_model();
  Texts texts;
  for (const char* word : {"sea", "bread", "tax", "cat", "blue", "seven", "why"}) texts.add(word);
  const Embeddings batched = model.embed(texts, EmbeddingOptions().batch_size(2).concurrency(2));
  EXPECT_EQ(batched.attempts().size(), 4U);
  ASSERT_EQ(batched.size(), 7U);
  for (std::size_t i = 0; i < texts.size(); ++i) expect_same(model.embed(texts.list()[i]).vector(), batched.vector(i));
}

TEST(RealEmbeddings, a_text_that_is_too_long_is_an_error) {
  std::string text;
  for (int i = 0; i < 6000; ++i) text += "word ";
  const Result<Embeddings> result = real_model().try_embed(text);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().provider_message().find("too large"), std::string::npos) << result.error().what();
}

TEST(RealEmbeddings, a_body_that_is_wrong_is_told_apart) {
  const Result<Embeddings> result = real_model().try_embed("Hi", EmbeddingOptions().extra(R"({"input": {}})"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::invalid_request) << result.error().what();
  EXPECT_EQ(result.error().http_status(), 400);
}

}  // namespace
}  // namespace antiphon_tests
