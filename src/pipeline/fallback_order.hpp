#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "core/pool.hpp"
#include "core/random.hpp"
#include "pipeline/link.hpp"

namespace antiphon::inline v0::pipeline {

/// Links by their numbers.
using LinkOrder = std::vector<std::size_t, PoolAllocator<std::size_t>>;

/// In which order the links are asked at that time, for a streamed answer or a whole one.
LinkOrder fallback_order(const std::vector<Link>& links, FallbackStrategy strategy, bool streamed,
                         std::chrono::system_clock::time_point when, Random& random);

/// Throws `Error{invalid_config}` that names the field.
void check(const FallbackConfig& config);

}  // namespace antiphon::inline v0::pipeline
