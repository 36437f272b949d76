#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <antiphon/money.hpp>
#include <antiphon/usage.hpp>

#include "pipeline/link.hpp"

namespace antiphon::inline v0::pipeline {

/// Longest prompt and answer together: as its rules say, else as the catalogue knows it.
std::optional<std::int64_t> context_window_of(const Link& link);

/// What a million tokens in and a million out cost together, for comparing links: as its rules say, else in the
/// catalogue at that time. Nothing when it is not known.
std::optional<double> price_of(const Link& link, std::chrono::system_clock::time_point when);

/// What so much costs, at the catalogue's prices at that time.
Money cost_of(const catalogue::KnownModel& model, const Usage& used, std::chrono::system_clock::time_point when);

/// Whether what it costs can be known: the catalogue has its prices for a prompt and an answer.
bool can_be_billed(const Link& link, std::chrono::system_clock::time_point when);

}  // namespace antiphon::inline v0::pipeline
