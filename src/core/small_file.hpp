#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <antiphon/error.hpp>

namespace antiphon::inline v0 {

/// The bytes of a local file. Nothing when there is no such file. Throws an error of that kind that names the path for
/// one that cannot be read, is no ordinary file (which could block), or has more than `most_bytes`.
std::optional<std::string> read_file(const std::string& path, std::size_t most_bytes, ErrorKind kind);

/// The text of a small one, of at most 1 MiB, for settings and secrets; errors are `invalid_config`.
std::optional<std::string> read_small_file(const std::string& path);

}  // namespace antiphon::inline v0
