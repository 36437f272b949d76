#include "config/credentials_section.hpp"

#include <antiphon/credentials.hpp>

#include "config/reading.hpp"
#include "config/settings.hpp"

namespace antiphon::inline v0::config {

namespace {

ApiKey named_key(const Cursor& value) { return ApiKey::environment(variable_of(value)); }

constexpr Key<AwsCredentials> aws_keys[] = {
    {"profile", [](AwsCredentials& c, const Cursor& v) { c.profile(name_of(v)); }},
    {"region", [](AwsCredentials& c, const Cursor& v) { c.region(name_of(v)); }},
    {"service", [](AwsCredentials& c, const Cursor& v) { c.service(name_of(v)); }},
    {"bearer_token_env", [](AwsCredentials& c, const Cursor& v) { c.bearer_token(named_key(v)); }},
};

constexpr Key<GoogleCredentials> google_keys[] = {
    {"file", [](GoogleCredentials& c, const Cursor& v) { c.file(file_of(v)); }},
    {"access_token_env", [](GoogleCredentials& c, const Cursor& v) { c.access_token(named_key(v)); }},
    {"scope", [](GoogleCredentials& c, const Cursor& v) { c.scope(name_of(v)); }},
    {"quota_project", [](GoogleCredentials& c, const Cursor& v) { c.quota_project(name_of(v)); }},
};

constexpr Key<AzureCredentials> azure_keys[] = {
    {"api_key_env", [](AzureCredentials& c, const Cursor& v) { c.api_key(named_key(v)); }},
    {"entra_token_env", [](AzureCredentials& c, const Cursor& v) { c.entra_token(named_key(v)); }},
};

struct CredentialsDraft {
  std::shared_ptr<Authenticator> authenticator;
  Environment environment;
};

template <class Credentials>
void read(CredentialsDraft& draft, const Cursor& table, std::span<const Key<Credentials>> keys) {
  Credentials credentials;
  read_table<Credentials>(table, keys, credentials);
  // Making them looks into the environment and into files of the user's.
  if (draft.environment == Environment::ignored) return;
  try {
    draft.authenticator = credentials;
  } catch (const Error& error) {
    table.refuse(error.message());
  }
}

constexpr Key<CredentialsDraft> credential_keys[] = {
    {"aws", [](CredentialsDraft& d, const Cursor& v) { read<AwsCredentials>(d, v, aws_keys); },
     [] { return key_paths<AwsCredentials>(aws_keys); }},
    {"google", [](CredentialsDraft& d, const Cursor& v) { read<GoogleCredentials>(d, v, google_keys); },
     [] { return key_paths<GoogleCredentials>(google_keys); }},
    {"azure", [](CredentialsDraft& d, const Cursor& v) { read<AzureCredentials>(d, v, azure_keys); },
     [] { return key_paths<AzureCredentials>(azure_keys); }},
};

}  // namespace

std::shared_ptr<Authenticator> read_credentials(const Cursor& value, Environment environment) {
  if (const std::string* text = value.node().as<std::string>(); text && text->empty()) return nullptr;
  CredentialsDraft draft{nullptr, environment};
  check_keys<CredentialsDraft>(value, credential_keys);
  if (table_of(value).size() != 1) value.refuse("expected one of aws, google, azure");
  read_table<CredentialsDraft>(value, credential_keys, draft);
  return draft.authenticator;
}

std::vector<std::string> credential_paths() { return key_paths<CredentialsDraft>(credential_keys); }

}  // namespace antiphon::inline v0::config
