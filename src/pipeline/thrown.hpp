#pragma once

#include <antiphon/error.hpp>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// What was thrown, as an error; to be called where it was caught.
Error thrown_error();

/// Goes on; what is thrown there fails this way of the call, and nothing else.
Task<Outcome> without_throwing(const Next& next, Track& track);

}  // namespace antiphon::inline v0::pipeline
