#pragma once

#include <gtest/gtest.h>

#include <numeric>

#include <antiphon/embedding.hpp>

namespace antiphon_tests {

inline double product(const antiphon::Embeddings::Vector& a, const antiphon::Embeddings::Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The engine computes a batch in another order than one text alone.
inline void expect_same(const antiphon::Embeddings::Vector& a, const antiphon::Embeddings::Vector& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_GT(product(a, b), 0.999);
}

/// Two different sentences: vectors of length 1 that differ, of one request that was counted.
inline void expect_two_vectors(const antiphon::Embeddings& embeddings) {
  ASSERT_EQ(embeddings.size(), 2U);
  EXPECT_EQ(embeddings.dimensions(), 576U);
  for (const auto& vector : embeddings.vectors()) EXPECT_NEAR(product(vector, vector), 1, 1e-3);
  EXPECT_LT(product(embeddings.vector(0), embeddings.vector(1)), 0.999);
  EXPECT_GT(embeddings.usage().input_tokens().value_or(0), 8);
  EXPECT_EQ(embeddings.usage().output_tokens(), antiphon::Count(0));
  EXPECT_FALSE(embeddings.model().empty());
  ASSERT_EQ(embeddings.attempts().size(), 1U);
  EXPECT_EQ(embeddings.attempts()[0].status(), 200);
}

}  // namespace antiphon_tests
