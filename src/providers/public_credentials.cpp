#include <utility>

#include <antiphon/credentials.hpp>

#include "core/environment.hpp"
#include "providers/aws_credentials.hpp"
#include "providers/bearer.hpp"
#include "providers/credential_errors.hpp"
#include "providers/google_credentials.hpp"
#include "providers/header_key.hpp"
#include "providers/token_authenticator.hpp"

namespace antiphon::inline v0 {

namespace {

/// A user's source of tokens, as the cache asks for it.
codec::TokenCache::Fetch fetch_from(TokenSource source) {
  return [source = std::move(source)](Fetcher& fetcher, const HttpRequest&, codec::TokenCache::Gotten gotten) {
    source(fetcher, [gotten = std::move(gotten)](Result<AccessToken> token) {
      if (!token) return gotten(token.error());
      if (!codec::fits_header(token->value())) {
        return gotten(
            Error(ErrorKind::authentication, "the token is empty or holds a control character").where("authenticator"));
      }
      gotten(codec::Fetched<std::string>{token->value(), token->expires_at()});
    });
  };
}

}  // namespace

std::shared_ptr<Authenticator> bearer_key(ApiKey key) {
  return std::make_shared<codec::BearerAuthenticator>(std::move(key));
}

std::shared_ptr<Authenticator> header_key(std::string header, ApiKey key) {
  if (!codec::is_header_name(header)) {
    throw codec::credential_setting_error("header_key", "\"" + header + "\" is not a header name");
  }
  return std::make_shared<codec::HeaderKeyAuthenticator>(std::move(header), "", std::move(key));
}

std::shared_ptr<Authenticator> bearer_token(TokenSource source) {
  if (!source) throw codec::credential_setting_error("bearer_token", "there is no source of tokens");
  return codec::make_token_authenticator(fetch_from(std::move(source)));
}

AwsCredentials& AwsCredentials::bearer_token(ApiKey key) { return bearer_token_ = std::move(key), *this; }

AwsCredentials::operator std::shared_ptr<Authenticator>() const {
  return codec::make_aws_authenticator(*this, process_environment(), codec::NoCredentials::refused);
}

GoogleCredentials& GoogleCredentials::access_token(ApiKey token) { return access_token_ = std::move(token), *this; }

GoogleCredentials::operator std::shared_ptr<Authenticator>() const {
  return codec::make_google_authenticator(*this, process_environment(), codec::NoCredentials::refused);
}

AzureCredentials& AzureCredentials::api_key(ApiKey key) {
  return entra_ = nullptr, entra_key_ = ApiKey(), key_ = std::move(key), *this;
}

AzureCredentials& AzureCredentials::entra_token(ApiKey token) {
  return entra_ = nullptr, key_ = ApiKey(), entra_key_ = std::move(token), *this;
}

AzureCredentials& AzureCredentials::entra_tokens(TokenSource source) {
  return key_ = entra_key_ = ApiKey(), entra_ = std::move(source), *this;
}

AzureCredentials::operator std::shared_ptr<Authenticator>() const {
  if (entra_) return bearer_token(entra_);
  if (!entra_key_.empty()) return bearer_key(entra_key_);
  ApiKey key = key_.empty() ? ApiKey::environment("AZURE_OPENAI_API_KEY") : key_;
  if (!key.is_callback()) {
    try {
      key = ApiKey(key.reveal());
    } catch (const Error& error) {
      throw codec::credential_setting_error("azure.api_key", error.message());
    }
  }
  return header_key("api-key", std::move(key));
}

}  // namespace antiphon::inline v0
