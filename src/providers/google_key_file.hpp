#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "providers/rsa_key.hpp"

namespace antiphon::inline v0::codec {

/// A robot that proves itself with a private key.
struct GoogleServiceAccount {
  std::string email;
  std::string key_id;  ///< may be empty
  RsaKey key;
};

/// A person who signed in with `gcloud auth application-default login`.
struct GoogleUser {
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;
};

/// A file of Google credentials.
struct GoogleKeyFile {
  std::variant<GoogleServiceAccount, GoogleUser> who;
  std::string token_url;
  std::string project;        ///< that a service account belongs to; may be empty
  std::string quota_project;  ///< that a user's calls are paid by; may be empty
};

/// Throws `Error{invalid_config}` that names `name` (the file, or where the text came from) and the field.
GoogleKeyFile parse_google_key_file(std::string_view text, const std::string& name);

}  // namespace antiphon::inline v0::codec
