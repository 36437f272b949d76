#pragma once

#include <optional>
#include <string>

namespace antiphon::inline v0 {

/// The text of a small local file, for settings and secrets. Nothing when there is no such file. Throws
/// `Error{invalid_config}` that names the path for one that cannot be read, is no ordinary file (which could block), or
/// is larger than 1 MiB.
std::optional<std::string> read_small_file(const std::string& path);

}  // namespace antiphon::inline v0
