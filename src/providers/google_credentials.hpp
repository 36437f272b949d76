#pragma once

#include <memory>
#include <string>

#include <antiphon/credentials.hpp>

#include "core/environment.hpp"
#include "providers/key_style.hpp"

namespace antiphon::inline v0::codec {

/// The authenticator for Google Cloud, by the chain that `GoogleCredentials` describes. Null only for `left_out`, which
/// does not ask the machine's metadata server either.
std::shared_ptr<Authenticator> make_google_authenticator(const GoogleCredentials& credentials,
                                                         const Environment& environment, NoCredentials none);

/// The project to call when nobody says it: `GOOGLE_CLOUD_PROJECT`, `GCLOUD_PROJECT`, that of the service account's
/// file which `authenticator` was made from, or, without one, of the file that would be taken. Empty when there is
/// none; throws for a file that cannot be read.
std::string default_google_project(const Environment& environment, const Authenticator* authenticator);

}  // namespace antiphon::inline v0::codec
