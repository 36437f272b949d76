#pragma once

#include <memory>
#include <utility>

#include <antiphon/authenticator.hpp>

#include "providers/header_key.hpp"
#include "providers/oauth_token.hpp"

namespace antiphon::inline v0::codec {

/// `Authorization: Bearer TOKEN` with a token that has to be fetched, unless the request has one of the user's own.
class TokenAuthenticator final : public Authenticator {
 public:
  explicit TokenAuthenticator(TokenCache::Fetch fetch, SideHeaders beside = {})
      : cache_(std::make_shared<TokenCache>(std::move(fetch))),
        beside_(std::make_shared<const SideHeaders>(std::move(beside))) {}

  /// With what was fetched before.
  void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override;
  void authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) override;
  bool rejected_with(const Error& answer, std::chrono::steady_clock::time_point authorized_at) override;

 private:
  std::shared_ptr<TokenCache> cache_;
  std::shared_ptr<const SideHeaders> beside_;
};

}  // namespace antiphon::inline v0::codec
