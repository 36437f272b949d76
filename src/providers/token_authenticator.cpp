#include "providers/token_authenticator.hpp"

#include <optional>
#include <string>

namespace antiphon::inline v0::codec {

namespace {

void put_on(HttpRequest& request, const std::string& token, const SideHeaders& beside) {
  request.headers.set("Authorization", "Bearer " + token);
  add_side_headers(request, beside);
}

bool has_own(const HttpRequest& request) { return request.headers.find("authorization") != nullptr; }

}  // namespace

void TokenAuthenticator::authorize(HttpRequest& request, std::chrono::system_clock::time_point, Done done) {
  if (has_own(request)) return done(std::nullopt);
  const std::optional<std::string> token = cache_->at_hand();
  if (!token) return done(Error(ErrorKind::authentication, "the token has to be fetched first").where("authenticator"));
  put_on(request, *token, *beside_);
  done(std::nullopt);
}

void TokenAuthenticator::authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) {
  if (has_own(request)) return done(std::nullopt);
  cache_->get(fetcher, request, [&request, beside = beside_, done = std::move(done)](Result<std::string> token) {
    if (!token) return done(token.error());
    put_on(request, *token, *beside);
    done(std::nullopt);
  });
}

bool TokenAuthenticator::rejected_with(const Error& answer, std::chrono::steady_clock::time_point authorized_at) {
  if (answer.http_status() != 401) return false;
  cache_->refused(authorized_at);
  return true;
}

}  // namespace antiphon::inline v0::codec
