#pragma once

#include "core/environment.hpp"
#include "providers/aws_key_server.hpp"
#include "providers/aws_profile.hpp"
#include "providers/aws_sts.hpp"

namespace antiphon::inline v0::codec {

/// How the keys of a profile are had, for one that has some: from where they come, over its roles. Throws
/// `Error{invalid_config}` when there are none where it says.
AwsKeyCache::Fetch keys_of_profile(const AwsProfile& profile, const Environment& environment, const AwsSts& sts);

/// Throws for keys that no header can hold. `whose` is who gave them.
void check_aws_keys(const AwsKeys& keys, const std::string& whose);

}  // namespace antiphon::inline v0::codec
