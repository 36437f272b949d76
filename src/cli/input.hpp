#pragma once

#include <optional>
#include <string>

namespace antiphon::cli {

/// Everything in a file, or on standard input for `-`. Throws `UsageError` that names the file when it cannot be read
/// or holds more than 256 MiB.
std::string read_input(const std::string& path);
/// The same for an argument FILE, which may be left out when standard input is a pipe or a file.
std::string read_file_or_pipe(const std::optional<std::string>& path);

}  // namespace antiphon::cli
