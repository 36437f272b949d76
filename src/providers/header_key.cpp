#include "providers/header_key.hpp"

#include <algorithm>
#include <optional>

namespace antiphon::inline v0::codec {

bool fits_header(std::string_view secret) {
  return !secret.empty() && std::none_of(secret.begin(), secret.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view separators = "\"(),/:;<=>?@[\\]{}";
  return !name.empty() && std::none_of(name.begin(), name.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7f || separators.find(c) != separators.npos;
  });
}

void add_side_headers(HttpRequest& request, const SideHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (!request.headers.find(name)) request.headers.add(name, value);
  }
}

void HeaderKeyAuthenticator::authorize_with(Fetcher&, HttpRequest& request, Done done) {
  authorize(request, {}, std::move(done));
}

void HeaderKeyAuthenticator::authorize(HttpRequest& request, std::chrono::system_clock::time_point, Done done) {
  const bool has_own = request.headers.find(header_) || request.headers.find("authorization");
  if (key_.empty() || has_own) return done(std::nullopt);
  std::optional<Error> error;
  try {
    std::string key = key_.reveal();
    if (!fits_header(key)) {
      error = Error(ErrorKind::authentication, key.empty() ? "the key is empty" : "the key holds a control character")
                  .where("api_key");
    } else {
      request.headers.set(header_, prefix_ + key);
      add_side_headers(request, beside_);
      const std::lock_guard lock(mutex_);
      last_ = std::move(key);
    }
  } catch (const Error& failure) {
    error = failure;
  }
  done(std::move(error));
}

bool HeaderKeyAuthenticator::rejected() {
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
