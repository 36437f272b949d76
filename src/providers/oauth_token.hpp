#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/http.hpp>
#include <antiphon/result.hpp>

#include "providers/credential_cache.hpp"
#include "providers/form_request.hpp"

namespace antiphon::inline v0::codec {

using TokenCache = CredentialCache<std::string>;

/// Who is asked for a token, for errors.
struct TokenServer {
  std::string_view place;  ///< `google.token`
  std::string_view name;   ///< "Google's token server"
};

/// A request for a token (RFC 6749): a form to `url`. It goes the way that `like` goes: proxy and trusted certificates.
HttpRequest oauth_request(const std::string& url, const Form& form, const HttpRequest& like);

/// The token in the answer, or why there is none. What is in `secrets` comes into no error.
Result<Fetched<std::string>> read_oauth_token(const Result<HttpResponse>& answer, const TokenServer& server,
                                              const std::vector<std::string>& secrets,
                                              std::chrono::system_clock::time_point now);

}  // namespace antiphon::inline v0::codec
