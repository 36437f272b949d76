#include "providers/key_style.hpp"

#include <utility>

#include "core/ascii.hpp"
#include "providers/aws_authenticator.hpp"
#include "providers/aws_credentials.hpp"
#include "providers/bearer.hpp"
#include "providers/google_credentials.hpp"
#include "providers/header_key.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

std::shared_ptr<Authenticator> in_header(const char* header, ApiKey key) {
  return std::make_shared<HeaderKeyAuthenticator>(header, "", std::move(key));
}

std::shared_ptr<Authenticator> bearer(ApiKey key) { return std::make_shared<BearerAuthenticator>(std::move(key)); }

}  // namespace

bool is_clouds_own(KeyStyle style, const std::string& url) {
  const auto parts = split_url(url);
  if (!parts) return false;
  if (style == KeyStyle::aws) return is_aws_host(parts->host());
  return style == KeyStyle::google && ascii::to_lower(parts->host()).ends_with(".googleapis.com");
}

std::shared_ptr<Authenticator> make_authenticator(KeyStyle style, ApiKey key, const Environment& environment,
                                                  NoCredentials none) {
  if (key.is_none()) return bearer(std::move(key));
  std::shared_ptr<Authenticator> found;
  switch (style) {
    case KeyStyle::bearer:
      break;
    case KeyStyle::x_api_key:
      return in_header("x-api-key", std::move(key));
    case KeyStyle::x_goog_api_key:
      return in_header("x-goog-api-key", std::move(key));
    case KeyStyle::api_key:
      return in_header("api-key", std::move(key));
    case KeyStyle::aws:
      if (key.empty()) found = make_aws_authenticator(AwsCredentials(), environment, none);
      break;
    case KeyStyle::google:
      if (!key.empty()) return in_header("x-goog-api-key", std::move(key));
      found = make_google_authenticator(GoogleCredentials(), environment, none);
      break;
  }
  return found ? found : bearer(std::move(key));
}

}  // namespace antiphon::inline v0::codec
