#pragma once

#include <memory>

#include <antiphon/credentials.hpp>

#include "core/environment.hpp"
#include "providers/key_style.hpp"

namespace antiphon::inline v0::codec {

/// The authenticator for AWS, by the chain that `AwsCredentials` describes. Null only for `left_out`, which does not
/// ask the metadata of an EC2 instance either: it is for servers that may want no credentials.
std::shared_ptr<Authenticator> make_aws_authenticator(const AwsCredentials& credentials, const Environment& environment,
                                                      NoCredentials none);

}  // namespace antiphon::inline v0::codec
