#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/authenticator.hpp>
#include <antiphon/model_config.hpp>

namespace antiphon::inline v0::codec {

/// Whether a secret can stand in a header: it is not empty, ends no line, and has no other control character.
bool fits_header(std::string_view secret);
/// Whether `name` can be a header's.
bool is_header_name(std::string_view name);

/// Headers that go along with credentials; those the user set win.
using SideHeaders = std::vector<std::pair<std::string, std::string>>;
void add_side_headers(HttpRequest& request, const SideHeaders& headers);

/// A key in a header, behind a prefix, unless the request has that header, or `Authorization`, from the user. Nothing
/// for an empty key.
class HeaderKeyAuthenticator : public Authenticator {
 public:
  HeaderKeyAuthenticator(std::string header, std::string prefix, ApiKey key, SideHeaders beside = {})
      : header_(std::move(header)), prefix_(std::move(prefix)), key_(std::move(key)), beside_(std::move(beside)) {}

  void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override;
  /// Needs no engine, and no clock either.
  void authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) override;
  /// True when the key comes from a callback that has another one by now.
  bool rejected() override;

 private:
  std::string header_;
  std::string prefix_;
  ApiKey key_;
  SideHeaders beside_;
  /// Calls of one provider may run on several threads.
  std::mutex mutex_;
  std::string last_;
};

}  // namespace antiphon::inline v0::codec
