#pragma once

#include <memory>
#include <string>

#include "chat/engine_core.hpp"
#include "pipeline/call.hpp"

namespace antiphon::inline v0::detail {

/// What a `Provider` stands for: an engine, a way to a model, and the handle's own settings. Immutable.
class ProviderCore {
 public:
  explicit ProviderCore(pipeline::Link way) : link(std::move(way)) {}

  std::shared_ptr<EngineCore> engine;
  pipeline::Link link;
  pipeline::HandleSettings settings;
};

}  // namespace antiphon::inline v0::detail
