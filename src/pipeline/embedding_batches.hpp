#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/call.hpp"

namespace antiphon::inline v0::pipeline {

/// The texts of one request: so many from an index on.
struct EmbeddingBatch {
  std::size_t first;
  std::size_t count;
};

/// How the texts of a call are spread over requests, as few as all of its links take. Throws `Error` that names what is
/// wrong: a text, an option, links of different models (`fallback.links`), a provider without embeddings.
std::vector<EmbeddingBatch> embedding_batches(const Call& call);

/// The part of a call that one request is for.
Request part_of(const Request& whole, const EmbeddingBatch& batch);

/// `inputs/3`, or `inputs/96-191`.
std::string texts_of(const EmbeddingBatch& batch);

}  // namespace antiphon::inline v0::pipeline
