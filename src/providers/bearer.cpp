#include "providers/bearer.hpp"

#include <algorithm>
#include <optional>

namespace antiphon::inline v0::codec {

namespace {

/// A key that would end the header, or that no header can carry.
bool is_unusable(std::string_view key) {
  return std::any_of(key.begin(), key.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

void BearerAuthenticator::authorize(HttpRequest& request, std::chrono::system_clock::time_point, Done done) {
  const std::string name = header_.empty() ? "Authorization" : header_;
  if (key_.empty() || request.headers.find("authorization") || request.headers.find(name)) return done(std::nullopt);
  std::optional<Error> error;
  try {
    std::string key = key_.reveal();
    if (key.empty() || is_unusable(key)) {
      error = Error(ErrorKind::authentication, key.empty() ? "the key is empty" : "the key holds a control character")
                  .where("api_key");
    } else {
      request.headers.set(name, header_.empty() ? "Bearer " + key : key);
      const std::lock_guard lock(mutex_);
      last_ = std::move(key);
    }
  } catch (const Error& failure) {
    error = failure;
  }
  done(std::move(error));
}

bool BearerAuthenticator::rejected() {
  if (key_.empty()) return false;
  try {
    const std::string key = key_.reveal();
    const std::lock_guard lock(mutex_);
    return key != last_;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace antiphon::inline v0::codec
