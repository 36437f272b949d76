#pragma once

#include <string>
#include <string_view>

#include "providers/rsa_key.hpp"

namespace antiphon::inline v0::codec {

/// A JSON Web Token, signed with RS256. `header` and `claims` are JSON.
std::string signed_jwt(std::string_view header, std::string_view claims, const RsaKey& key);

}  // namespace antiphon::inline v0::codec
