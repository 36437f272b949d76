#pragma once

#include <memory>
#include <string>

#include <antiphon/authenticator.hpp>
#include <antiphon/model_config.hpp>

#include "core/environment.hpp"

namespace antiphon::inline v0::codec {

/// How a provider wants to be shown who is asking.
enum class KeyStyle {
  bearer,          ///< `Authorization: Bearer KEY`
  x_api_key,       ///< Anthropic
  x_goog_api_key,  ///< Gemini
  api_key,         ///< Azure OpenAI
  aws,             ///< signed by the keys of `AwsCredentials`; a key is a Bedrock API key
  google,          ///< a token of `GoogleCredentials`; a key is one of Vertex AI's express mode
};

/// What becomes of a search for credentials that finds none.
enum class NoCredentials {
  refused,   ///< `Error{invalid_config}` that says where was searched
  left_out,  ///< requests go out without; the metadata of a cloud's machine is not asked
};

/// Whether an address is the cloud's own, where credentials are always wanted, and not a server of the user's.
bool is_clouds_own(KeyStyle style, const std::string& url);

/// The authenticator for a provider of that style. An empty `key` is no key, or for a cloud one
/// to search for; with `ApiKey::none()` nothing is searched.
std::shared_ptr<Authenticator> make_authenticator(KeyStyle style, ApiKey key, const Environment& environment,
                                                  NoCredentials none);

}  // namespace antiphon::inline v0::codec
