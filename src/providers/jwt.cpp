#include "providers/jwt.hpp"

#include "providers/base64.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// The alphabet for URLs, without padding.
std::string base64_url(std::string_view bytes) {
  std::string text = base64::encode(bytes);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  while (text.ends_with('=')) text.pop_back();
  return text;
}

}  // namespace

std::string signed_jwt(std::string_view header, std::string_view claims, const RsaKey& key) {
  std::string token = base64_url(header) + "." + base64_url(claims);
  const std::string signature = key.sign(token);
  return token + "." + base64_url(signature);
}

}  // namespace antiphon::inline v0::codec
