#pragma once

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Whether a call with these options has tools that can be run here.
bool runs_tools(const Options& options);

/// For such a call: runs the tools that the model calls, and asks it again with what they gave, until it answers. Each
/// round goes through `next` by itself.
Task<Outcome> tools(Call& call, Track& track, Next next);

}  // namespace antiphon::inline v0::pipeline
