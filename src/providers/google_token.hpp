#pragma once

#include <string>

#include "providers/google_key_file.hpp"
#include "providers/oauth_token.hpp"

namespace antiphon::inline v0::codec {

/// Tokens for whom the file is about. `scope` is asked for service accounts; a user's login has its own.
TokenCache::Fetch google_tokens(const GoogleKeyFile& file, const std::string& scope);

/// Tokens of the machine's own account. `host` may have a port.
TokenCache::Fetch google_metadata_tokens(const std::string& host);

}  // namespace antiphon::inline v0::codec
