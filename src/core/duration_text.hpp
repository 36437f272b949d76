#pragma once

#include <chrono>
#include <string>

namespace antiphon::inline v0 {

/// For sentences: `2 s`, `1500 ms`.
std::string in_words(std::chrono::nanoseconds duration);
/// For fields of records: whole milliseconds, `1500`.
std::string in_milliseconds(std::chrono::nanoseconds duration);

}  // namespace antiphon::inline v0
