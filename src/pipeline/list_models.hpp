#pragma once

#include <vector>

#include <antiphon/provider.hpp>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Asks the first provider of the call which models it has.
Task<Result<std::vector<ModelInfo>>> list_models(Call& call);

}  // namespace antiphon::inline v0::pipeline
