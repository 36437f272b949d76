#pragma once

#include <string>
#include <string_view>

#include "config/node.hpp"

namespace antiphon::inline v0::config {

/// Reads TOML. Throws `Error{invalid_config}` that begins with the place. `file` is the name used there.
Node read_document(std::string_view text, std::string file);

}  // namespace antiphon::inline v0::config
