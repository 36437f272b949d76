#include "providers/aws_profile_keys.hpp"

#include <utility>

#include "providers/aws_profile_files.hpp"
#include "providers/aws_program.hpp"
#include "providers/credential_errors.hpp"
#include "providers/header_key.hpp"

namespace antiphon::inline v0::codec {

namespace {

AwsKeyCache::Fetch at_hand(const AwsKeys& keys, const std::string& whose) {
  check_aws_keys(keys, whose);
  return [keys](Fetcher&, const HttpRequest&, const AwsKeyCache::Gotten& gotten) {
    gotten(Fetched<AwsKeys>{keys, std::nullopt});
  };
}

/// Where the keys of a profile come from, before any role.
class Origin {
 public:
  Origin(const AwsProfile& profile, const Environment& environment, const AwsSts& sts)
      : profile_(profile), environment_(environment), sts_(sts) {}

  AwsKeyCache::Fetch operator()(std::monostate) const { refuse("no keys in it"); }
  AwsKeyCache::Fetch operator()(const AwsProgram& program) const {
    return keys_from_program(program.profile, program.command);
  }
  AwsKeyCache::Fetch operator()(const AwsWebIdentity& identity) const {
    return assume_role_with_token(identity.token_file, identity.role, sts_);
  }
  AwsKeyCache::Fetch operator()(AwsKeyPlace place) const {
    if (place == AwsKeyPlace::environment) return environment();
    if (place == AwsKeyPlace::container) {
      if (const auto server = container_server(environment_)) return fetch_from(*server);
      refuse("credential_source = EcsContainer, but AWS_CONTAINER_CREDENTIALS_… is not set");
    }
    if (const auto server = instance_server(environment_)) return fetch_from(*server);
    refuse("credential_source = Ec2InstanceMetadata, but AWS_EC2_METADATA_DISABLED is set");
  }

 private:
  AwsKeyCache::Fetch environment() const {
    const AwsKeys keys{environment_("AWS_ACCESS_KEY_ID"), environment_("AWS_SECRET_ACCESS_KEY"),
                       environment_("AWS_SESSION_TOKEN")};
    if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
      refuse("credential_source = Environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set");
    }
    return at_hand(keys, "the environment");
  }
  [[noreturn]] void refuse(const std::string& why) const {
    throw credential_setting_error(profile_place, "the profile \"" + profile_.name + "\" gives no keys: " + why);
  }

  const AwsProfile& profile_;
  const Environment& environment_;
  const AwsSts& sts_;
};

}  // namespace

void check_aws_keys(const AwsKeys& keys, const std::string& whose) {
  const bool good = fits_header(keys.access_key_id) && (keys.session_token.empty() || fits_header(keys.session_token));
  if (!good) throw credential_setting_error("aws.access_key", "a key of " + whose + " holds a control character");
}

AwsKeyCache::Fetch keys_of_profile(const AwsProfile& profile, const Environment& environment, const AwsSts& sts) {
  AwsKeyCache::Fetch keys = profile.keys ? at_hand(*profile.keys, "the profile \"" + profile.name + "\"")
                                         : std::visit(Origin(profile, environment, sts), profile.origin);
  for (const AwsRole& role : profile.roles) keys = assume_role(std::move(keys), role, sts);
  return keys;
}

}  // namespace antiphon::inline v0::codec
