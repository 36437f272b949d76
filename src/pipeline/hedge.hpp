#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// What came of asking one provider, and a second one beside it when the first was slow.
struct HedgeOutcome {
  Outcome outcome;
  bool of_second = false;
  /// Why the first failed by itself, when the outcome is the second's.
  std::optional<Error> first_failure = {};
};

/// Asks `first`; when it has no content at that time, asks what `choose_second` gives then, if it gives something. The
/// first content counts: the other one is cancelled, and waited for, so that both are accounted for.
/// A failure of the first that `decides` says yes to is the call's: the second is not waited for.
Task<HedgeOutcome> hedge(Call& call, Track& track, std::chrono::steady_clock::time_point alone_until, Next first,
                         std::function<Next()> choose_second, std::function<bool(const Error&)> decides);

}  // namespace antiphon::inline v0::pipeline
