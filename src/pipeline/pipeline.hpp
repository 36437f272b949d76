#pragma once

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Takes a call through all layers. This is the one place where their order is written.
Task<Outcome> run(Call& call);

}  // namespace antiphon::inline v0::pipeline
