#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include <antiphon/authenticator.hpp>
#include <antiphon/model_config.hpp>

namespace antiphon::inline v0::codec {

/// `Authorization: Bearer KEY`, or the bare key in another header; unless the request has such a header of the user's own.
/// Nothing for an empty key.
class BearerAuthenticator final : public Authenticator {
 public:
  explicit BearerAuthenticator(ApiKey key, std::string_view header = {}) : key_(std::move(key)), header_(header) {}

  void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override;
  /// True when the key comes from a callback that has another one by now.
  bool rejected() override;

 private:
  ApiKey key_;
  std::string header_;  ///< empty for a bearer token
  /// Calls of one provider may run on several threads.
  std::mutex mutex_;
  std::string last_;
};

}  // namespace antiphon::inline v0::codec
