#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <antiphon/error.hpp>

namespace antiphon::cli {

/// No time is rounded to none.
std::chrono::milliseconds whole_milliseconds(std::chrono::nanoseconds time);
/// Throws `UsageError` that names the flag when it is less than 1, or too large.
int count_of(const char* flag, std::int64_t number);
/// Throws `UsageError` that names the flag and the kinds there are.
std::vector<ErrorKind> error_kinds(const std::string& flag, const std::vector<std::string>& names);

}  // namespace antiphon::cli
