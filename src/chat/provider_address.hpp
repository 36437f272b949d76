#pragma once

#include <string>

#include <antiphon/model_config.hpp>

#include "providers/codec.hpp"

namespace antiphon::inline v0::detail {

/// Where a provider is.
struct ProviderAddress {
  std::string base_url;    ///< without a slash at its end
  bool users_own = false;  ///< somebody else's server, perhaps, that needs no key
};

/// The address of the configuration, else that of the provider's variable, else its own. Throws
/// `Error{invalid_config}` when there is none, or when it is no address.
ProviderAddress decide_address(const ModelConfig& config, const codec::Preset& preset);

}  // namespace antiphon::inline v0::detail
