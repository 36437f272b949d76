#include "providers/aws_authenticator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.hpp"
#include "providers/credential_errors.hpp"
#include "providers/fetched_authenticator.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// `bedrock-runtime.eu-west-1.amazonaws.com` → its labels before the part that all hosts of AWS share; nothing for
/// another host.
std::optional<std::string_view> below_aws(std::string_view host) {
  for (const std::string_view suffix : {".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu"}) {
    if (host.ends_with(suffix)) return host.substr(0, host.size() - suffix.size());
  }
  return std::nullopt;
}

/// `eu-west-1`, `us-gov-east-1`: words and a number, joined by hyphens.
bool is_region(std::string_view label) {
  const auto last = label.rfind('-');
  if (last == label.npos || std::count(label.begin(), label.end(), '-') < 2) return false;
  const std::string_view number = label.substr(last + 1);
  const std::string_view words = label.substr(0, last);
  return !number.empty() && number.find_first_not_of("0123456789") == number.npos &&
         words.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == words.npos && words.find('-') <= 4;
}

void sign(HttpRequest& request, const AwsKeys& keys, const AwsScope& scope, std::chrono::system_clock::time_point now) {
  sigv4::sign(request, keys, decide_scope(scope, request.url), now);
}

/// Calls `work` and hands on what it throws.
template <class Work>
std::optional<Error> caught(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace

std::string aws_region_in(std::string_view host) {
  std::string_view labels = below_aws(host).value_or(std::string_view());
  while (!labels.empty()) {
    const std::string_view label = labels.substr(0, labels.find('.'));
    if (is_region(label)) return std::string(label);
    labels.remove_prefix(std::min(labels.size(), label.size() + 1));
  }
  return {};
}

bool is_aws_host(std::string_view host) { return below_aws(ascii::to_lower(host)).has_value(); }

sigv4::Scope decide_scope(const AwsScope& scope, const std::string& url) {
  const auto parts = split_url(url);
  const std::string host = ascii::to_lower(parts ? parts->host() : std::string_view());
  // What a host of AWS is named for is what it checks, whatever else was said.
  sigv4::Scope decided{aws_region_in(host), scope.service};
  if (decided.service.empty()) decided.service = host.starts_with("bedrock-mantle.") ? "bedrock-mantle" : "bedrock";
  if (decided.region.empty()) decided.region = scope.region;
  if (decided.region.empty()) decided.region = scope.default_region;
  if (!decided.region.empty()) return decided;
  if (scope.problem) throw Error(*scope.problem);
  throw credential_setting_error(
      "aws.region", "no region to sign for: call AwsCredentials::region, or set AWS_REGION or a region in the profile");
}

bool says_expired(const Error& answer) {
  if (answer.http_status() == 401) return true;
  static constexpr std::array<std::string_view, 6> codes = {"ExpiredTokenException",       "ExpiredToken",
                                                            "UnrecognizedClientException", "InvalidClientTokenId",
                                                            "TokenRefreshRequired",        "InvalidIdentityToken"};
  return answer.http_status() == 403 && std::find(codes.begin(), codes.end(), answer.provider_code()) != codes.end();
}

void AwsStoredKeysAuthenticator::authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) {
  if (request.headers.find("authorization")) return done(std::nullopt);
  AwsKeys keys;
  {
    const std::lock_guard lock(mutex_);
    keys = keys_;
  }
  done(caught([&] { sign(request, keys, scope_, now); }));
}

void AwsStoredKeysAuthenticator::authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(unused_, false)) used_since_ = fetcher.scheduler().steady_now();
  }
  authorize(request, fetcher.scheduler().wall_now(), std::move(done));
}

bool AwsStoredKeysAuthenticator::rejected_with(const Error& answer,
                                               std::chrono::steady_clock::time_point authorized_at) {
  if (!read_ || !says_expired(answer)) return false;
  std::optional<AwsKeys> now;
  if (caught([&] { now = read_(); }) || !now) return false;
  const std::lock_guard lock(mutex_);
  // Another call may have found them before.
  if (*now == keys_) return unused_ || authorized_at < used_since_;
  keys_ = std::move(*now);
  unused_ = true;
  return true;
}

std::shared_ptr<Authenticator> make_fetched_keys_authenticator(AwsKeyCache::Fetch fetch, AwsScope scope) {
  const auto put_on = [scope = std::move(scope)](HttpRequest& request, const AwsKeys& keys,
                                                 std::chrono::system_clock::time_point now) {
    sign(request, keys, scope, now);
  };
  return std::make_shared<FetchedAuthenticator<AwsKeys>>(std::move(fetch), put_on, says_expired);
}

}  // namespace antiphon::inline v0::codec
