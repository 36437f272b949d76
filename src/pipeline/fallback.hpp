#pragma once

#include <cstddef>
#include <optional>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Which link continues an answer that was cut.
struct FallbackStart {
  std::optional<std::size_t> first = {};  ///< asked before all others
  std::optional<std::size_t> last = {};   ///< asked after all others
  std::size_t answered = 0;               ///< set: the link that was asked last
};

/// Asks the links of a call one after the other, or two at a time, until one answers. With a single link it is that
/// one's retry.
Task<Outcome> fallback(Call& call, Track& track);
Task<Outcome> fallback(Call& call, Track& track, FallbackStart& start);

}  // namespace antiphon::inline v0::pipeline
