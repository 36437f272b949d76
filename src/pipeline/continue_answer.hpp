#pragma once

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Asks the links, and has a stream that was cut after a part of it was handed out continued, if the call wants that.
Task<Outcome> continue_answer(Call& call, Track& track);

}  // namespace antiphon::inline v0::pipeline
