#pragma once

#include <functional>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Tells callbacks and loggers what happens, once per call, and puts on the outcome what only the whole call knows:
/// attempts, times, warnings.
Task<Outcome> observe(Call& call, std::function<Task<Outcome>()> next);

}  // namespace antiphon::inline v0::pipeline
