#pragma once

#include "pipeline/call.hpp"
#include "pipeline/retry.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// One link of several with all that was given to its provider: callbacks, loggers and layers, then what it has to
/// fetch, and its retry.
Task<Outcome> run_link(Call& call, const Link& link, Track& track, RetryContext context);

}  // namespace antiphon::inline v0::pipeline
