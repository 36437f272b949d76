#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <antiphon/error.hpp>

#include "core/environment.hpp"
#include "providers/aws_keys.hpp"
#include "providers/aws_role.hpp"

namespace antiphon::inline v0::codec {

/// The program that a profile gets its keys from.
struct AwsProgram {
  std::string profile;  ///< whose it is
  std::vector<std::string> command;
};

/// The role that a profile signs in to with a token.
struct AwsWebIdentity {
  std::string token_file;
  AwsRole role;
};

/// A place beside the profiles, from which the first role of a profile gets its keys.
enum class AwsKeyPlace { environment, container, instance };

/// What a profile of the AWS files says, as far as we use it.
struct AwsProfile {
  std::string name;
  /// That stand in it, or in the one where the roles of `roles` begin.
  std::optional<AwsKeys> keys;
  /// Where they come from in place of that.
  std::variant<std::monostate, AwsProgram, AwsWebIdentity, AwsKeyPlace> origin;
  /// To be assumed with them, each with the keys of the one before.
  std::vector<AwsRole> roles;
  std::string region;            ///< empty when it names none
  std::string sts_url;           ///< where AWS STS is; empty when it names nothing
  std::string searched;          ///< the files, in words
  std::optional<Error> problem;  ///< why its keys cannot be had, for whoever needs them

  bool has_keys() const { return keys || origin.index() != 0; }
  bool asks_sts() const { return !roles.empty() || std::holds_alternative<AwsWebIdentity>(origin); }
};

/// Reads the profile `name` (empty: `AWS_PROFILE`, else `default`) from the credentials file and the config file, the
/// first of which wins. Throws `Error{invalid_config}` for a file that cannot be read or understood. A `problem` is a
/// profile that was named and is not there, half a pair of keys, settings that contradict each other or lead in a
/// circle, and keys that come from what we do not do: SSO, a login, devices that show a code.
AwsProfile read_aws_profile(const std::string& name, const Environment& environment);

/// Where requests go when nobody says it: `AWS_REGION`, `AWS_DEFAULT_REGION`, the region of the profile. Empty when
/// none does.
std::string default_aws_region(const std::string& profile, const Environment& environment);

}  // namespace antiphon::inline v0::codec
