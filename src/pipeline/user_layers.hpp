#pragma once

#include <memory>
#include <vector>

#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// The user's own layers, each around the next, and `rest` inside them all. `link` is the one whose provider they were
/// given to; null for those of the call's handle.
Task<Outcome> user_layers(Call& call, Track& track, const std::vector<std::shared_ptr<Layer>>& layers, Next rest,
                          const Link* link = nullptr);

}  // namespace antiphon::inline v0::pipeline
