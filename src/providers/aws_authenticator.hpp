#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <antiphon/authenticator.hpp>
#include <antiphon/result.hpp>

#include "providers/aws_key_server.hpp"
#include "providers/aws_keys.hpp"
#include "providers/sigv4.hpp"

namespace antiphon::inline v0::codec {

/// What requests are signed for, as far as somebody said it.
struct AwsScope {
  std::string region;   ///< empty: the one in the host's name, else `default_region`
  std::string service;  ///< empty: what the host's name says
  std::string default_region;
  std::optional<Error> problem = {};  ///< why there is no default region, when something went wrong
};

/// Whether the host is one of AWS's own.
bool is_aws_host(std::string_view host);
/// The region in the name of a host of AWS's, in lower case; empty when there is none.
std::string aws_region_in(std::string_view host);

/// Region and service for a request to that URL. Throws `Error{invalid_config}` when nothing says the region.
sigv4::Scope decide_scope(const AwsScope& scope, const std::string& url);

/// Whether the provider refused what it was asked with because it has expired, or is not valid any more.
bool says_expired(const Error& answer);

/// Signs with keys that do not expire by themselves.
class AwsStoredKeysAuthenticator final : public Authenticator {
 public:
  /// Reads the keys anew, for a file that somebody renews; may throw.
  using Read = std::function<std::optional<AwsKeys>()>;

  /// Without `read` they never change.
  AwsStoredKeysAuthenticator(AwsKeys keys, AwsScope scope, Read read = nullptr)
      : scope_(std::move(scope)), read_(std::move(read)), keys_(std::move(keys)) {}

  void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override;
  void authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) override;
  bool rejected_with(const Error& answer, std::chrono::steady_clock::time_point authorized_at) override;

 private:
  AwsScope scope_;
  Read read_;
  std::mutex mutex_;
  AwsKeys keys_;
  bool unused_ = false;  ///< the keys changed, and nothing was signed with the new ones yet
  std::chrono::steady_clock::time_point used_since_{};
};

/// Signs with temporary keys that a server gives.
std::shared_ptr<Authenticator> make_fetched_keys_authenticator(AwsKeyCache::Fetch fetch, AwsScope scope);

}  // namespace antiphon::inline v0::codec
