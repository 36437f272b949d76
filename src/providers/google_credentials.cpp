#include "providers/google_credentials.hpp"

#include <atomic>
#include <optional>
#include <utility>

#include "core/ascii.hpp"
#include "core/small_file.hpp"
#include "providers/bearer.hpp"
#include "providers/credential_errors.hpp"
#include "providers/google_key_file.hpp"
#include "providers/google_token.hpp"
#include "providers/token_authenticator.hpp"
#include "providers/told_authenticator.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr const char* google_place = "google.credentials";

GoogleKeyFile read_file(const std::string& path, const std::string& whose) {
  std::optional<std::string> text;
  try {
    text = read_small_file(path);
  } catch (Error& error) {
    throw error.where(google_place);
  }
  if (!text) throw credential_setting_error(google_place, whose + " names " + path + ", which is not there");
  return parse_google_key_file(*text, path);
}

/// Where gcloud keeps the login; empty when nobody says where home is.
std::string login_path(const Environment& environment) {
  constexpr const char* name = "/application_default_credentials.json";
  if (const std::string folder = environment("CLOUDSDK_CONFIG"); !folder.empty()) return folder + name;
  const std::string home = environment("HOME");
  return home.empty() ? std::string() : home + "/.config/gcloud" + name;
}

/// Knows the project of the file that it was made from.
class OfProject final : public ToldAuthenticator {
 public:
  using ToldAuthenticator::ToldAuthenticator;
};

/// The file that holds, in the order in which they are searched; nothing when there is none.
std::optional<GoogleKeyFile> find_file(const GoogleCredentials& credentials, const Environment& environment) {
  if (!credentials.json().empty()) return parse_google_key_file(credentials.json(), "GoogleCredentials::json");
  if (!credentials.file().empty()) return read_file(credentials.file(), "GoogleCredentials::file");
  if (const std::string path = environment("GOOGLE_APPLICATION_CREDENTIALS"); !path.empty()) {
    return read_file(path, "GOOGLE_APPLICATION_CREDENTIALS");
  }
  const std::string path = login_path(environment);
  std::optional<std::string> text;
  try {
    if (!path.empty()) text = read_small_file(path);
  } catch (Error& error) {
    throw error.where(google_place);
  }
  if (!text) return std::nullopt;
  return parse_google_key_file(*text, path);
}

SideHeaders quota_headers(const std::string& given, const Environment& environment, const std::string& in_file) {
  std::string project = given.empty() ? environment("GOOGLE_CLOUD_QUOTA_PROJECT") : given;
  if (project.empty()) project = in_file;
  if (project.empty()) return {};
  if (!fits_header(project)) throw credential_setting_error("google.quota_project", "it holds a control character");
  return {{"x-goog-user-project", project}};
}

std::string nothing_found(const Environment& environment) {
  const std::string path = login_path(environment);
  return "no Google credentials: GOOGLE_APPLICATION_CREDENTIALS is not set, " +
         (path.empty() ? "HOME is not set" : "there is no " + path);
}

/// On a machine outside of Google's cloud nobody answers; what is wrong then is that there are no credentials at all.
TokenCache::Fetch last_resort(TokenCache::Fetch fetch, const std::string& searched) {
  const auto answered = std::make_shared<std::atomic<bool>>(false);
  return [fetch = std::move(fetch), answered, searched](Fetcher& fetcher, const HttpRequest& request,
                                                        TokenCache::Gotten gotten) {
    fetch(fetcher, request, [answered, searched, gotten = std::move(gotten)](Result<Fetched<std::string>> token) {
      if (token || token.error().http_status() != 0) *answered = true;
      if (*answered || token.error().kind() == ErrorKind::cancelled) return gotten(std::move(token));
      gotten(Error(ErrorKind::authentication, searched + ", and " + token.error().message()).where(google_place));
    });
  };
}

std::shared_ptr<Authenticator> from_metadata(const GoogleCredentials& credentials, const Environment& environment) {
  if (ascii::equal_ignoring_case(environment("NO_GCE_CHECK"), "true")) {
    throw credential_setting_error(google_place, nothing_found(environment) + ", and NO_GCE_CHECK is set");
  }
  std::string host = environment("GCE_METADATA_HOST");
  if (host.empty()) host = "metadata.google.internal";
  if (!split_url("http://" + host + "/")) {
    throw credential_setting_error("google.metadata", "GCE_METADATA_HOST is not the name of a host");
  }
  return make_token_authenticator(last_resort(google_metadata_tokens(host), nothing_found(environment)),
                                  quota_headers(credentials.quota_project(), environment, {}));
}

}  // namespace

std::shared_ptr<Authenticator> make_google_authenticator(const GoogleCredentials& credentials,
                                                         const Environment& environment, NoCredentials none) {
  if (!credentials.access_token().empty()) {
    return std::make_shared<BearerAuthenticator>(credentials.access_token(),
                                                 quota_headers(credentials.quota_project(), environment, {}));
  }
  if (const std::optional<GoogleKeyFile> file = find_file(credentials, environment)) {
    auto made = make_token_authenticator(google_tokens(*file, credentials.scope()),
                                         quota_headers(credentials.quota_project(), environment, file->quota_project));
    return std::make_shared<OfProject>(std::move(made), file->project);
  }
  if (none == NoCredentials::left_out) return nullptr;
  return from_metadata(credentials, environment);
}

std::string default_google_project(const Environment& environment, const Authenticator* authenticator) {
  for (const char* variable : {"GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"}) {
    if (std::string project = environment(variable); !project.empty()) return project;
  }
  if (authenticator) {
    const auto* made = dynamic_cast<const OfProject*>(authenticator);
    return made ? made->told() : std::string();
  }
  const std::optional<GoogleKeyFile> file = find_file(GoogleCredentials(), environment);
  return file ? file->project : std::string();
}

}  // namespace antiphon::inline v0::codec
