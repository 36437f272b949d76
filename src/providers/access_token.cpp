#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <antiphon/credentials.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct AccessToken::Body {
  std::string value;
  std::optional<std::chrono::system_clock::time_point> expires_at;
};

template class detail::Hidden<AccessToken::Body>;

AccessToken::AccessToken(std::string value) { body_.edit().value = std::move(value); }

AccessToken::AccessToken(const char* value) { body_.edit().value = value; }

AccessToken& AccessToken::expires_at(std::chrono::system_clock::time_point time) {
  return body_.edit().expires_at = time, *this;
}

const std::string& AccessToken::value() const { return body_.read().value; }

const std::optional<std::chrono::system_clock::time_point>& AccessToken::expires_at() const {
  return body_.read().expires_at;
}

}  // namespace antiphon::inline v0
