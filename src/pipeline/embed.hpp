#pragma once

#include <antiphon/embedding.hpp>
#include <antiphon/result.hpp>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Takes a call for embeddings through the layers: observed once, then for each of its requests, several of which may
/// be under way, the links, their retries and limits.
Task<Result<Embeddings>> embed(Call& call);

}  // namespace antiphon::inline v0::pipeline
