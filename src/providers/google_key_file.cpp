#include "providers/google_key_file.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/credential_errors.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view usual_token_url = "https://oauth2.googleapis.com/token";

class File {
 public:
  File(std::string_view text, const std::string& name) : name_(name) {
    json::Reader reader;
    bool is_object = false;
    const bool is_json = reader.read_copy(text, [&](json::Value root) {
      is_object = root.fields([&](std::string_view key, json::Value value) {
        if (const auto string = value.string()) fields_.insert_or_assign(std::string(key), std::string(*string));
      });
    });
    if (!is_json) fail("", "it is not JSON: " + reader.error());
    if (!is_object) fail("", "it is not a JSON object");
  }

  std::string optional(const std::string& field) const {
    const auto found = fields_.find(field);
    return found == fields_.end() ? std::string() : found->second;
  }
  std::string required(const std::string& field) const {
    std::string value = optional(field);
    if (value.empty()) fail(field, "it is missing, or no text");
    return value;
  }
  [[noreturn]] void fail(const std::string& field, const std::string& what) const {
    throw credential_setting_error("google.credentials" + (field.empty() ? "" : "/" + field), name_ + ": " + what);
  }

 private:
  const std::string& name_;
  std::map<std::string, std::string> fields_;
};

/// What may stand in an error: any other text may be part of a key that got to the wrong place.
bool is_word(std::string_view type) {
  constexpr std::size_t longest = 40;
  return type.size() <= longest && std::all_of(type.begin(), type.end(), [](char c) {
           return c == '_' || (ascii::lower(c) >= 'a' && ascii::lower(c) <= 'z');
         });
}

GoogleServiceAccount read_service_account(const File& file) {
  try {
    RsaKey key = RsaKey::from_pem(file.required("private_key"));
    return GoogleServiceAccount{file.required("client_email"), file.optional("private_key_id"), std::move(key)};
  } catch (const Error& error) {
    if (!error.where().empty()) throw;
    file.fail("private_key", error.message());
  }
}

GoogleUser read_user(const File& file) {
  return GoogleUser{file.required("client_id"), file.required("client_secret"), file.required("refresh_token")};
}

std::string read_token_url(const File& file) {
  std::string url = file.optional("token_uri");
  if (url.empty()) return std::string(usual_token_url);
  const auto parts = split_url(url);
  if (!parts) file.fail("token_uri", "it is not a URL");
  // What is sent there is as good as a key.
  if (!ascii::equal_ignoring_case(parts->scheme, "https") && !parts->is_loopback()) {
    file.fail("token_uri", "it does not begin with https://");
  }
  return url;
}

}  // namespace

GoogleKeyFile parse_google_key_file(std::string_view text, const std::string& name) {
  const File file(text, name);
  const std::string type = file.required("type");
  if (type != "service_account" && type != "authorized_user") {
    file.fail("type", "credentials of " + (is_word(type) ? "type \"" + type + "\"" : std::string("this type")) +
                          " are not supported; service_account and authorized_user are");
  }
  std::string token_url = read_token_url(file);
  if (type == "service_account") {
    return GoogleKeyFile{read_service_account(file), std::move(token_url), file.optional("project_id"),
                         file.optional("quota_project_id")};
  }
  return GoogleKeyFile{read_user(file), std::move(token_url), {}, file.optional("quota_project_id")};
}

}  // namespace antiphon::inline v0::codec
