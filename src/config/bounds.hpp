#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace antiphon::inline v0::config {

/// Throws `Error{invalid_config}` for a file that is too large, or nested too deeply for code that walks it by calling
/// itself. Says nothing about whether it is TOML.
void check_bounds(std::string_view text, const std::shared_ptr<const std::string>& file);

/// Largest file, in bytes.
constexpr std::size_t most_bytes = 256 * 1024;

}  // namespace antiphon::inline v0::config
