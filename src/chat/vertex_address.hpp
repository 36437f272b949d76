#pragma once

#include <string>

#include <antiphon/authenticator.hpp>

#include "core/environment.hpp"
#include "providers/codec.hpp"

namespace antiphon::inline v0::detail {

/// The base URL of a provider on Vertex AI (providers.md §3.11, §4.9). `url` is what the user gave, or empty: then it
/// is made of project and location in the environment, or of the project of the service account; a server of the user's
/// own gets them as its path, when it has none. Without a project there is the express mode, when there is a key for
/// it. Throws `Error{invalid_config}` at `base_url`. `authenticator` is the user's, or null.
std::string vertex_address(const std::string& url, const codec::Preset& preset, bool has_key,
                           const Authenticator* authenticator, const Environment& environment);

}  // namespace antiphon::inline v0::detail
