#pragma once

#include <string>

namespace antiphon::cli {

/// Everything in a file, or on standard input for `-`. Throws `UsageError` that names the file when it cannot be read
/// or holds more than 256 MiB.
std::string read_input(const std::string& path);

}  // namespace antiphon::cli
