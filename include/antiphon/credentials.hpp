#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <antiphon/authenticator.hpp>
#include <antiphon/export.hpp>
#include <antiphon/fetcher.hpp>
#include <antiphon/hidden.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/result.hpp>

namespace antiphon::inline v0 {

// Credentials for `ModelConfig::authenticator`, where a key in the provider's usual header is not enough.
//
// Each of the values below is made into an authenticator by the call that takes it:
//
//   ModelConfig("…", providers::openai).authenticator(GoogleCredentials().file("key.json"));
//
// To let several providers share what was fetched, make it one authenticator first:
//
//   std::shared_ptr<Authenticator> google = GoogleCredentials();
//
// What is fetched (tokens, temporary keys) is kept, fetched once for all calls that wait for it (once per engine when
// several share the authenticator), and fetched anew from four minutes before its end on, while calls go on with what
// there is; from half a minute before its end on they wait for it. A fetch takes at most a minute. A provider's 401, or
// its word that the credentials have expired, makes the next attempt fetch anew. No secret is in any error.
//
// Where something is missing or wrong, making the authenticator throws `Error{invalid_config}`; what can only be found
// by asking a server fails the call. Files are read when the authenticator is made; small ones, and when they are
// renewed on the engine's thread.

/// `Authorization: Bearer KEY`, which most providers take. A header of that name that you set yourself wins.
ANTIPHON_EXPORT std::shared_ptr<Authenticator> bearer_key(ApiKey key);

/// The key in a header of its own: `x-api-key` (Anthropic), `x-goog-api-key` (Gemini), `api-key` (Azure OpenAI). When
/// you set that header or `Authorization` yourself, yours wins. Throws for a name that no header can have.
ANTIPHON_EXPORT std::shared_ptr<Authenticator> header_key(std::string header, ApiKey key);

/// A token that a server gave.
class ANTIPHON_EXPORT AccessToken {
 public:
  AccessToken(std::string value);
  AccessToken(const char* value);
  /// Until when it is good. Default: until a provider refuses it.
  AccessToken& expires_at(std::chrono::system_clock::time_point time);

  const std::string& value() const;
  const std::optional<std::chrono::system_clock::time_point>& expires_at() const;

 private:
  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<AccessToken::Body>;

/// Gets a token: calls `done` once, at once or later, on the engine's thread, which it must not block.
using TokenSource = std::function<void(Fetcher& fetcher, std::function<void(Result<AccessToken>)> done)>;

/// Bearer tokens from a function of yours, an Entra ID login for instance: kept and renewed as described above. For a
/// token that you keep yourself `bearer_key` with a callback is enough.
ANTIPHON_EXPORT std::shared_ptr<Authenticator> bearer_token(TokenSource source);

/// Where keys for Amazon Bedrock come from; requests are signed with them (Signature Version 4).
///
/// With nothing set they are searched where AWS's own programs find them, in this order: `AWS_BEARER_TOKEN_BEDROCK`;
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`; `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN`;
/// the profile `AWS_PROFILE`, or `default`, in `~/.aws/credentials` and `~/.aws/config`, with its keys, role or program;
/// the container's server (`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `…_FULL_URI`); the metadata of the EC2 instance
/// (version 2 only; not with `AWS_EC2_METADATA_DISABLED=true`).
///
/// Profiles that sign in by a browser (SSO, `aws login`) or with the code of a device are not supported: an error says
/// so, no other credentials are taken in their place.
class ANTIPHON_EXPORT AwsCredentials {
 public:
  /// These keys and no others.
  AwsCredentials& access_key(std::string id, std::string secret) {
    return access_key_id_ = std::move(id), secret_access_key_ = std::move(secret), *this;
  }
  /// Belongs to temporary keys given by `access_key`.
  AwsCredentials& session_token(std::string token) { return session_token_ = std::move(token), *this; }
  /// A Bedrock API key: it is sent as it is, nothing is signed.
  AwsCredentials& bearer_token(ApiKey key);
  /// The keys of this profile and no others.
  AwsCredentials& profile(std::string name) { return profile_ = std::move(name), *this; }
  /// Region of Bedrock's host when no `base_url` names one, and to sign for where the host's name tells none: what a
  /// host is named for always counts. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's.
  AwsCredentials& region(std::string name) { return region_ = std::move(name), *this; }
  /// Service to sign for. Default: `bedrock-mantle` for hosts of that name, else `bedrock`.
  AwsCredentials& service(std::string name) { return service_ = std::move(name), *this; }

  const std::string& access_key_id() const { return access_key_id_; }
  const std::string& secret_access_key() const { return secret_access_key_; }
  const std::string& session_token() const { return session_token_; }
  const ApiKey& bearer_token() const { return bearer_token_; }
  const std::string& profile() const { return profile_; }
  const std::string& region() const { return region_; }
  const std::string& service() const { return service_; }

  /// Throws `Error{invalid_config}`.
  operator std::shared_ptr<Authenticator>() const;

 private:
  std::string access_key_id_;
  std::string secret_access_key_;
  std::string session_token_;
  ApiKey bearer_token_;
  std::string profile_;
  std::string region_;
  std::string service_;
};

/// Where tokens for Google's Vertex AI come from.
///
/// With nothing set they are searched where Google's own programs find them (application-default credentials), in this
/// order: the file that `GOOGLE_APPLICATION_CREDENTIALS` names; `application_default_credentials.json` of
/// `gcloud auth application-default login` (in `CLOUDSDK_CONFIG`, else `~/.config/gcloud`); the metadata server of the
/// machine (`GCE_METADATA_HOST`; not with `NO_GCE_CHECK=true`).
///
/// Files may hold a service account or a user's login; other kinds (impersonation, workload identity federation) are
/// not supported: an error says so.
class ANTIPHON_EXPORT GoogleCredentials {
 public:
  /// A token of your own, or a callback that has one.
  GoogleCredentials& access_token(ApiKey token);
  /// This file of credentials.
  GoogleCredentials& file(std::string path) { return file_ = std::move(path), *this; }
  /// What stands in such a file, from a store of secrets for instance.
  GoogleCredentials& json(std::string text) { return json_ = std::move(text), *this; }
  /// What tokens of a service account may be used for. Default `https://www.googleapis.com/auth/cloud-platform`.
  GoogleCredentials& scope(std::string url) { return scope_ = std::move(url), *this; }
  /// Project that pays for the calls (`x-goog-user-project`). Default: `GOOGLE_CLOUD_QUOTA_PROJECT`, else what the file
  /// of a user's login says.
  GoogleCredentials& quota_project(std::string id) { return quota_project_ = std::move(id), *this; }

  const ApiKey& access_token() const { return access_token_; }
  const std::string& file() const { return file_; }
  const std::string& json() const { return json_; }
  const std::string& scope() const { return scope_; }
  const std::string& quota_project() const { return quota_project_; }

  /// Throws `Error{invalid_config}`.
  operator std::shared_ptr<Authenticator>() const;

 private:
  ApiKey access_token_;
  std::string file_;
  std::string json_;
  std::string scope_ = "https://www.googleapis.com/auth/cloud-platform";
  std::string quota_project_;
};

/// Credentials for Azure OpenAI and Foundry: a key or Entra ID tokens, never both. Setting one takes back the other.
class ANTIPHON_EXPORT AzureCredentials {
 public:
  /// The resource's key (`api-key`). Default `AZURE_OPENAI_API_KEY` of the environment.
  AzureCredentials& api_key(ApiKey key);
  /// A token, or a callback that has one; the scope is `https://cognitiveservices.azure.com/.default`.
  AzureCredentials& entra_token(ApiKey token);
  /// Tokens that are fetched, kept and renewed.
  AzureCredentials& entra_tokens(TokenSource source);

  /// Throws `Error{invalid_config}`.
  operator std::shared_ptr<Authenticator>() const;

 private:
  ApiKey key_;
  ApiKey entra_key_;
  TokenSource entra_;
};

}  // namespace antiphon::inline v0
