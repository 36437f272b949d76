#pragma once

#include <cstddef>
#include <vector>

#include <antiphon/embedding.hpp>

#include "pipeline/attempt.hpp"
#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// One exchange for the texts of the track's request, the first of which is the one of index `first` in the call. The
/// vectors go to `vectors`; the outcome has model and usage.
Task<Outcome> embed_attempt(Call& call, const Link& link, Track& track, AttemptContext context, std::size_t first,
                            std::vector<Embeddings::Vector>& vectors);

}  // namespace antiphon::inline v0::pipeline
