#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

/// Reads a duration as configuration files and the command line write it: `2s`, `500ms`, `1.5h`, `1m30s`. The units
/// are `h`, `m`, `s` and `ms`, the larger ones first. Nothing when it is not one, or over 1000 days.
ANTIPHON_EXPORT std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace antiphon::inline v0
