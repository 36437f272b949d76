#pragma once

#include <memory>
#include <string>
#include <vector>

#include <antiphon/authenticator.hpp>

#include "config/cursor.hpp"
#include "config/environment.hpp"

namespace antiphon::inline v0::config {

/// Who authorizes the requests in place of a key: `{ aws = { profile = "work" } }`. An empty text is nobody; then, and
/// when the environment is ignored, this gives null.
std::shared_ptr<Authenticator> read_credentials(const Cursor& value, Environment environment);
std::vector<std::string> credential_paths();

}  // namespace antiphon::inline v0::config
