#include "providers/token_authenticator.hpp"

#include <string>
#include <utility>

#include "providers/fetched_authenticator.hpp"

namespace antiphon::inline v0::codec {

std::shared_ptr<Authenticator> make_token_authenticator(TokenCache::Fetch fetch, SideHeaders beside) {
  const auto put_on = [beside = std::move(beside)](HttpRequest& request, const std::string& token,
                                                   std::chrono::system_clock::time_point) {
    request.headers.set("Authorization", "Bearer " + token);
    add_side_headers(request, beside);
  };
  const auto expired = [](const Error& answer) { return answer.http_status() == 401; };
  return std::make_shared<FetchedAuthenticator<std::string>>(std::move(fetch), put_on, expired);
}

}  // namespace antiphon::inline v0::codec
