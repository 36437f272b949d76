#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace antiphon::cli {

/// Reads `2s`, `500ms`, `1.5h`, `1m30s`. Nothing when it is not one, or when it is zero, negative or over 1000 days.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace antiphon::cli
