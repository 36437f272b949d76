#include "providers/aws_credentials.hpp"

#include <atomic>
#include <utility>

#include "core/ascii.hpp"
#include "providers/aws_authenticator.hpp"
#include "providers/aws_key_server.hpp"
#include "providers/aws_profile.hpp"
#include "providers/aws_profile_keys.hpp"
#include "providers/aws_region.hpp"
#include "providers/aws_role.hpp"
#include "providers/aws_sts_answer.hpp"
#include "providers/bearer.hpp"
#include "providers/credential_errors.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr const char* key_place = "aws.access_key";

/// Goes through the places where keys may be, in their order. Each gives an authenticator, null when there is nothing,
/// or throws when there is something wrong.
class Chain {
 public:
  Chain(const AwsCredentials& credentials, const Environment& environment)
      : credentials_(credentials), environment_(environment) {}

  std::shared_ptr<Authenticator> given() {
    if (!credentials_.bearer_token().empty()) return std::make_shared<BearerAuthenticator>(credentials_.bearer_token());
    if (!credentials_.access_key_id().empty() || !credentials_.secret_access_key().empty()) {
      return stored(
          AwsKeys{credentials_.access_key_id(), credentials_.secret_access_key(), credentials_.session_token()},
          "AwsCredentials::access_key", "its id", "its secret");
    }
    if (!credentials_.session_token().empty()) {
      throw credential_setting_error("aws.session_token", "a session token without an access key");
    }
    return nullptr;
  }

  std::shared_ptr<Authenticator> from_environment() {
    if (std::string key = environment_("AWS_BEARER_TOKEN_BEDROCK"); !key.empty()) {
      return std::make_shared<BearerAuthenticator>(ApiKey(std::move(key)));
    }
    AwsKeys keys{environment_("AWS_ACCESS_KEY_ID"), environment_("AWS_SECRET_ACCESS_KEY"),
                 environment_("AWS_SESSION_TOKEN")};
    if (keys.access_key_id.empty() && keys.secret_access_key.empty()) return nullptr;
    return stored(std::move(keys), "the environment", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
  }

  std::shared_ptr<Authenticator> from_profile() {
    AwsProfile profile = read_aws_profile(credentials_.profile(), environment_);
    if (profile.problem) throw Error(*profile.problem);
    searched_ = "no keys in the profile \"" + profile.name + "\" (" + profile.searched + ")";
    if (!profile.has_keys()) return nullptr;
    // What can be found wrong before a call is found now.
    way_to_keys(profile);
    const bool stored = profile.keys && profile.roles.empty();
    return stored ? from_stored_keys(profile) : from_way_to_keys(profile);
  }

  std::shared_ptr<Authenticator> from_web_identity() const {
    const std::string token_file = environment_("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (token_file.empty()) return nullptr;
    AwsRole role;
    role.arn = environment_("AWS_ROLE_ARN");
    role.session_name = environment_("AWS_ROLE_SESSION_NAME");
    if (role.arn.empty()) {
      throw credential_setting_error("aws.web_identity", "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not");
    }
    const AwsSts sts = this->sts(read_aws_profile(credentials_.profile(), environment_).sts_url);
    return make_fetched_keys_authenticator(assume_role_with_token(token_file, role, sts), scope());
  }

  std::shared_ptr<Authenticator> from_container() {
    const auto server = container_server(environment_);
    if (!server) return nullptr;
    return make_fetched_keys_authenticator(fetch_from(*server), scope());
  }

  std::shared_ptr<Authenticator> from_instance() {
    const auto server = instance_server(environment_);
    if (!server) return nullptr;
    return make_fetched_keys_authenticator(last_resort(fetch_from(*server)), scope());
  }

  Error nothing_found(const std::string& at_last) const {
    return credential_setting_error("aws",
                                    "no AWS credentials: AWS_BEARER_TOKEN_BEDROCK, AWS_ACCESS_KEY_ID and "
                                    "AWS_WEB_IDENTITY_TOKEN_FILE are not set, " +
                                        searched_ + ", AWS_CONTAINER_CREDENTIALS_… is not set, " + at_last);
  }

 private:
  AwsScope scope() const {
    AwsScope scope;
    scope.region = credentials_.region();
    scope.service = credentials_.service();
    try {
      scope.default_region = default_aws_region(credentials_.profile(), environment_);
    } catch (const Error& error) {
      scope.problem = error;  // of interest only when nothing else says the region
    }
    return scope;
  }

  /// Where AWS STS is: what the environment says of it comes before what a profile does.
  AwsSts sts(const std::string& in_profile) const {
    AwsSts sts;
    const AwsScope scope = this->scope();
    sts.region = scope.region.empty() ? scope.default_region : scope.region;
    if (ascii::equal_ignoring_case(environment_("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true")) return sts;
    const char* said = "endpoint_url of the profile";
    sts.url = in_profile;
    for (const char* variable : {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"}) {
      std::string url = environment_(variable);
      if (url.empty()) continue;
      sts.url = std::move(url);
      said = variable;
    }
    if (!sts.url.empty() && !split_url(sts.url)) {
      throw credential_setting_error(sts_place, std::string(said) + " is not a URL");
    }
    return sts;
  }

  AwsKeyCache::Fetch way_to_keys(const AwsProfile& profile) const {
    return keys_of_profile(profile, environment_, profile.asks_sts() ? sts(profile.sts_url) : AwsSts());
  }

  /// Keys that stand in a file, which somebody may renew.
  std::shared_ptr<Authenticator> from_stored_keys(const AwsProfile& profile) const {
    const auto read = [name = profile.name, environment = environment_]() -> std::optional<AwsKeys> {
      const AwsProfile now = read_aws_profile(name, environment);
      return now.roles.empty() ? now.keys : std::nullopt;
    };
    return std::make_shared<AwsStoredKeysAuthenticator>(*profile.keys, scope(), read);
  }

  /// Keys that have to be fetched; the files are read anew for that.
  std::shared_ptr<Authenticator> from_way_to_keys(const AwsProfile& profile) const {
    const auto fetch = [name = profile.name, chain = *this](Fetcher& fetcher, const HttpRequest& request,
                                                            AwsKeyCache::Gotten gotten) {
      const AwsProfile now = read_aws_profile(name, chain.environment_);
      if (now.problem) throw Error(*now.problem);
      chain.way_to_keys(now)(fetcher, request, std::move(gotten));
    };
    return make_fetched_keys_authenticator(fetch, scope());
  }

  std::shared_ptr<Authenticator> stored(AwsKeys keys, const std::string& whose, const char* id,
                                        const char* secret) const {
    if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
      throw credential_setting_error(
          key_place, whose + " has half a pair of keys: " + (keys.access_key_id.empty() ? id : secret) + " is missing");
    }
    check_aws_keys(keys, whose);
    return std::make_shared<AwsStoredKeysAuthenticator>(std::move(keys), scope());
  }

  /// On a machine that is no EC2 instance nobody answers; what is wrong then is that there are no keys at all.
  AwsKeyCache::Fetch last_resort(AwsKeyCache::Fetch fetch) const {
    const auto answered = std::make_shared<std::atomic<bool>>(false);
    return [fetch = std::move(fetch), answered, chain = *this](Fetcher& fetcher, const HttpRequest& request,
                                                               AwsKeyCache::Gotten gotten) {
      fetch(fetcher, request, [answered, chain, gotten = std::move(gotten)](Result<Fetched<AwsKeys>> keys) {
        if (keys || keys.error().http_status() != 0) *answered = true;
        if (*answered || keys.error().kind() == ErrorKind::cancelled) return gotten(std::move(keys));
        Error nothing = chain.nothing_found("and " + keys.error().message());
        gotten(Error(ErrorKind::authentication, nothing.message()).where(nothing.where()));
      });
    };
  }

  AwsCredentials credentials_;
  Environment environment_;
  std::string searched_;
};

std::shared_ptr<Authenticator> find_keys(const AwsCredentials& credentials, const Environment& environment,
                                         NoCredentials none) {
  Chain chain(credentials, environment);
  if (auto made = chain.given()) return made;
  const bool named = !credentials.profile().empty();
  if (!named) {
    if (auto made = chain.from_environment()) return made;
    if (auto made = chain.from_web_identity()) return made;
  }
  if (auto made = chain.from_profile()) return made;
  if (named) {
    throw credential_setting_error("aws.profile", "the profile \"" + credentials.profile() + "\" has no keys");
  }
  if (auto made = chain.from_container()) return made;
  if (none == NoCredentials::left_out) return nullptr;
  if (auto made = chain.from_instance()) return made;
  throw chain.nothing_found("and AWS_EC2_METADATA_DISABLED is set");
}

/// The region that was told, or that of a profile that was named; empty when it is the environment's.
std::string told_region(const AwsCredentials& credentials, const Environment& environment) {
  if (!credentials.region().empty() || credentials.profile().empty()) return credentials.region();
  return default_aws_region(credentials.profile(), environment);
}

}  // namespace

std::shared_ptr<Authenticator> make_aws_authenticator(const AwsCredentials& credentials, const Environment& environment,
                                                      NoCredentials none) {
  std::shared_ptr<Authenticator> found = find_keys(credentials, environment, none);
  return in_region(std::move(found), told_region(credentials, environment));
}

}  // namespace antiphon::inline v0::codec
