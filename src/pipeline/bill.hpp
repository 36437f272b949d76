#pragma once

#include <chrono>

#include <antiphon/money.hpp>

#include "pipeline/link.hpp"
#include "pipeline/outcome.hpp"

namespace antiphon::inline v0::pipeline {

/// What one exchange with a link cost that began at that time, by the prices of the catalogue. One that failed counts
/// with what it said that it used, and else not at all.
Money bill(const Link& link, const Outcome& outcome, std::chrono::system_clock::time_point began);

}  // namespace antiphon::inline v0::pipeline
