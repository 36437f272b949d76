#pragma once

#include <memory>

#include <antiphon/authenticator.hpp>

#include "providers/header_key.hpp"
#include "providers/oauth_token.hpp"

namespace antiphon::inline v0::codec {

/// `Authorization: Bearer TOKEN` with a token that has to be fetched, and `beside` it other headers.
std::shared_ptr<Authenticator> make_token_authenticator(TokenCache::Fetch fetch, SideHeaders beside = {});

}  // namespace antiphon::inline v0::codec
