#include "providers/aws_credentials.hpp"

#include <atomic>
#include <utility>

#include "providers/aws_authenticator.hpp"
#include "providers/aws_key_server.hpp"
#include "providers/aws_profile.hpp"
#include "providers/aws_region.hpp"
#include "providers/bearer.hpp"
#include "providers/credential_errors.hpp"
#include "providers/header_key.hpp"

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
    if (!profile.keys) return nullptr;
    const auto read = [name = profile.name, environment = environment_] {
      return read_aws_profile(name, environment).keys;
    };
    check(*profile.keys, "the profile \"" + profile.name + "\"");
    return std::make_shared<AwsStoredKeysAuthenticator>(std::move(*profile.keys), scope(), read);
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

  void refuse_web_identity() const {
    if (environment_("AWS_WEB_IDENTITY_TOKEN_FILE").empty()) return;
    throw credential_setting_error("aws.web_identity",
                                   "AWS_WEB_IDENTITY_TOKEN_FILE needs AWS STS, which is not supported: use EKS Pod "
                                   "Identity or give temporary keys");
  }

  Error nothing_found(const std::string& at_last) const {
    return credential_setting_error("aws",
                                    "no AWS credentials: AWS_BEARER_TOKEN_BEDROCK and AWS_ACCESS_KEY_ID are "
                                    "not set, " +
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

  static void check(const AwsKeys& keys, const std::string& whose) {
    const bool good =
        fits_header(keys.access_key_id) && (keys.session_token.empty() || fits_header(keys.session_token));
    if (!good) throw credential_setting_error(key_place, "a key of " + whose + " holds a control character");
  }

  std::shared_ptr<Authenticator> stored(AwsKeys keys, const std::string& whose, const char* id,
                                        const char* secret) const {
    if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
      throw credential_setting_error(
          key_place, whose + " has half a pair of keys: " + (keys.access_key_id.empty() ? id : secret) + " is missing");
    }
    check(keys, whose);
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
    chain.refuse_web_identity();
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
