#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace antiphon::inline v0::codec {

/// `2026-11-23T06:50:00Z`, with or without a fraction of a second, which is left out. UTC only. What is before
/// 1970 is 1970, what the clock cannot say is its last moment.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

}  // namespace antiphon::inline v0::codec
