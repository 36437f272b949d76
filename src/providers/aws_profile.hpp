#pragma once

#include <optional>
#include <string>

#include <antiphon/error.hpp>

#include "core/environment.hpp"
#include "providers/aws_keys.hpp"

namespace antiphon::inline v0::codec {

/// What a profile of the AWS files says, as far as we use it.
struct AwsProfile {
  std::string name;
  std::optional<AwsKeys> keys;
  std::string region;            ///< empty when it names none
  std::string searched;          ///< the files, in words
  std::optional<Error> problem;  ///< why its keys cannot be had, for whoever needs them
};

/// Reads the profile `name` (empty: `AWS_PROFILE`, else `default`) from the credentials file and the config file, the
/// first of which wins. Throws `Error{invalid_config}` for a file that cannot be read or understood. A `problem` is a
/// profile that was named and is not there, half a pair of keys, and keys that come from what we do not do: assuming a
/// role, SSO, a program.
AwsProfile read_aws_profile(const std::string& name, const Environment& environment);

/// Where requests go when nobody says it: `AWS_REGION`, `AWS_DEFAULT_REGION`, the region of the profile. Empty when
/// none does.
std::string default_aws_region(const std::string& profile, const Environment& environment);

}  // namespace antiphon::inline v0::codec
