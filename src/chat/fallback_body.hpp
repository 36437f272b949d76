#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include <antiphon/fallback.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct FallbackConfig::Body {
  std::vector<FallbackLink> links;
  FallbackStrategy strategy = FallbackStrategy::ordered;
  std::optional<std::chrono::milliseconds> max_wait;
  std::optional<CircuitBreakerConfig> circuit_breaker;
  std::optional<HedgeConfig> hedge;
};

}  // namespace antiphon::inline v0
