#include "providers/google_token.hpp"

#include <memory>
#include <utility>

#include "json/writer.hpp"
#include "providers/credential_errors.hpp"
#include "providers/jwt.hpp"

namespace antiphon::inline v0::codec {

namespace {

using std::chrono_literals::operator""s;

constexpr TokenServer token_server{"google.token", "Google's token server"};
constexpr TokenServer metadata_server{"google.metadata", "the metadata server of the machine"};
constexpr std::chrono::seconds token_patience = 30s;
constexpr std::chrono::seconds metadata_patience = 3s;

/// The claim that the account signs to get a token (RFC 7523), good for an hour.
std::string assertion(const GoogleServiceAccount& account, const std::string& token_url, const std::string& scope,
                      std::chrono::system_clock::time_point now) {
  const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string header;
  json::Writer head(header);
  head.begin_object().key("alg").string("RS256").key("typ").string("JWT");
  if (!account.key_id.empty()) head.key("kid").string(account.key_id);
  head.end_object();
  std::string claims;
  json::Writer body(claims);
  body.begin_object().key("iss").string(account.email).key("scope").string(scope).key("aud").string(token_url);
  body.key("iat").integer(seconds).key("exp").integer(seconds + 3600).end_object();
  return signed_jwt(header, claims, account.key);
}

/// What is posted, and what of it is secret.
struct Question {
  HttpRequest request;
  std::vector<std::string> secrets;
};

Question question(const GoogleServiceAccount& account, const std::string& url, const std::string& scope,
                  std::chrono::system_clock::time_point now, const HttpRequest& like) {
  const std::string claim = assertion(account, url, scope, now);
  return Question{
      oauth_request(url, {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", claim}}, like),
      {claim}};
}

Question question(const GoogleUser& user, const std::string& url, const std::string&,
                  std::chrono::system_clock::time_point, const HttpRequest& like) {
  return Question{oauth_request(url,
                                {{"grant_type", "refresh_token"},
                                 {"client_id", user.client_id},
                                 {"client_secret", user.client_secret},
                                 {"refresh_token", user.refresh_token}},
                                like),
                  {user.client_secret, user.refresh_token}};
}

/// A login that ended cannot be renewed by any program.
void add_advice(Result<Fetched<std::string>>& token, const GoogleKeyFile& file) {
  if (token || token.error().provider_code() != "invalid_grant" || !std::holds_alternative<GoogleUser>(file.who))
    return;
  token.error().message(token.error().message() + "; sign in again: gcloud auth application-default login");
}

}  // namespace

TokenCache::Fetch google_tokens(const GoogleKeyFile& file, const std::string& scope) {
  return [file, scope](Fetcher& fetcher, const HttpRequest& like, TokenCache::Gotten gotten) {
    const auto now = fetcher.scheduler().wall_now();
    Question asked =
        std::visit([&](const auto& who) { return question(who, file.token_url, scope, now, like); }, file.who);
    fetcher.fetch(
        std::move(asked.request), token_patience,
        [file, gotten, &scheduler = fetcher.scheduler(), secrets = asked.secrets](Result<HttpResponse> answer) {
          Result<Fetched<std::string>> token = read_oauth_token(answer, token_server, secrets, scheduler.wall_now());
          add_advice(token, file);
          gotten(std::move(token));
        });
  };
}

TokenCache::Fetch google_metadata_tokens(const std::string& host) {
  return [host](Fetcher& fetcher, const HttpRequest&, TokenCache::Gotten gotten) {
    HttpRequest request;
    request.method = "GET";
    request.url = "http://" + host + "/computeMetadata/v1/instance/service-accounts/default/token";
    request.headers.add("Metadata-Flavor", "Google");
    request.proxy = "";
    fetcher.fetch(std::move(request), metadata_patience,
                  [gotten, &scheduler = fetcher.scheduler()](Result<HttpResponse> answer) {
                    gotten(read_oauth_token(answer, metadata_server, {}, scheduler.wall_now()));
                  });
  };
}

}  // namespace antiphon::inline v0::codec
