#pragma once

#include <string>
#include <utility>

#include "providers/header_key.hpp"

namespace antiphon::inline v0::codec {

/// `Authorization: Bearer KEY`.
class BearerAuthenticator final : public HeaderKeyAuthenticator {
 public:
  explicit BearerAuthenticator(ApiKey key, SideHeaders beside = {})
      : HeaderKeyAuthenticator("Authorization", "Bearer ", std::move(key), std::move(beside)) {}
};

}  // namespace antiphon::inline v0::codec
