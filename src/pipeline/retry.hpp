#pragma once

#include <chrono>
#include <optional>

#include "pipeline/attempt.hpp"
#include "pipeline/call.hpp"
#include "pipeline/circuit_breaker.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// What the layer above knows of this link.
struct RetryContext {
  /// Set while another link is left: waits of the provider's that are longer go there.
  std::optional<std::chrono::nanoseconds> longest_wait = {};
  std::optional<std::chrono::nanoseconds> first_content_within = {};
  CircuitBreaker::Passage* passage = nullptr;  ///< null when no breaker is asked
};

/// Whether somebody else can be asked, or is being asked at the same time.
inline bool has_elsewhere(const Track& track, const RetryContext& context) {
  return context.longest_wait || (track.rival && track.rival->under_way);
}

/// Tries one link until it answers, or until trying again makes no sense. The only loop that repeats an attempt. No
/// permit is held while it waits.
Task<Outcome> retry(Call& call, const Link& link, Track& track, RetryContext context);

}  // namespace antiphon::inline v0::pipeline
