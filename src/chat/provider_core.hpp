#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chat/engine_core.hpp"
#include "pipeline/call.hpp"

namespace antiphon::inline v0::detail {

/// What a `Provider` stands for: an engine, the ways to its models, and the handle's own settings. Immutable.
class ProviderCore {
 public:
  std::shared_ptr<EngineCore> engine;
  std::vector<pipeline::Link> links;  ///< at least one
  std::string name;
  pipeline::HandleSettings settings;
};

}  // namespace antiphon::inline v0::detail
