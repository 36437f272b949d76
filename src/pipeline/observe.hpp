#pragma once

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Tells callbacks and loggers what happens, once per call, and puts on the outcome what only the whole call knows:
/// attempts, times, warnings.
Task<Outcome> observe(Call& call, Track& track, Next next);

/// The same for a call to one link of several, told to those who were given to its provider: what the link is asked,
/// and its own attempts.
void tell_request(Call& call, const Link& link, const Track& track);
void tell_outcome(Call& call, const Link& link, const Track& track, const Outcome& outcome);

}  // namespace antiphon::inline v0::pipeline
