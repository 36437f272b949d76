#pragma once

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"
#include "pipeline/timeout_settings.hpp"

namespace antiphon::inline v0::pipeline {

/// One attempt at a model of the user's own, in the place of an exchange over HTTP.
Task<Outcome> ask_model(Call& call, const Link& link, Track& track, TimeoutSettings timeouts);

}  // namespace antiphon::inline v0::pipeline
