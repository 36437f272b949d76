#pragma once

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Runs the tools that the model calls, and asks it again with what they gave, until it answers. Each round goes
/// through `next` by itself. A call without tools that have functions just passes.
Task<Outcome> tools(Call& call, Track& track, Next next);

}  // namespace antiphon::inline v0::pipeline
