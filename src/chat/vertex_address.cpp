#include "chat/vertex_address.hpp"

#include <initializer_list>
#include <string_view>

#include <antiphon/error.hpp>
#include <antiphon/vertex.hpp>

#include "providers/google_credentials.hpp"

namespace antiphon::inline v0::detail {

namespace {

std::string first_of(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = environment(name); !value.empty()) return value;
  }
  return {};
}

/// `/v1/projects/P/locations/L` of an address in Google's cloud.
std::string path_of(const std::string& url) { return url.substr(url.find("/v1/projects/")); }

}  // namespace

std::string vertex_address(const std::string& url, const codec::Preset& preset, bool has_key,
                           const Authenticator* authenticator, const Environment& environment) {
  const bool is_complete = url.find("/projects/") != url.npos || url.find("/publishers/") != url.npos;
  if (is_complete) return url;
  // Anthropic's own library has names of its own for them.
  const bool claude = preset.protocol == "anthropic";
  std::string project = claude ? first_of(environment, {"ANTHROPIC_VERTEX_PROJECT_ID"}) : "";
  // With a key no files are looked at: it goes without a project.
  if (project.empty() && has_key) project = first_of(environment, {"GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"});
  if (project.empty() && !has_key) project = codec::default_google_project(environment, authenticator);
  std::string location = claude ? first_of(environment, {"CLOUD_ML_REGION", "GOOGLE_CLOUD_LOCATION"})
                                : first_of(environment, {"GOOGLE_CLOUD_LOCATION"});
  if (location.empty()) location = "global";
  if (!project.empty()) {
    const std::string made = vertex::base_url(project, location);
    if (url.empty()) return made;
    const std::size_t version = url.rfind('/');
    const bool has_version = std::string_view(url).substr(version).starts_with("/v1");
    return (has_version ? url.substr(0, version) : url) + path_of(made);
  }
  if (!url.empty()) return url;
  if (has_key && !claude) return "https://aiplatform.googleapis.com/v1";
  throw Error(ErrorKind::invalid_config, preset.name +
                                             " needs a project: set GOOGLE_CLOUD_PROJECT in the environment, use the "
                                             "file of a service account, or give vertex::base_url(project, location) "
                                             "to ModelConfig::base_url")
      .where("base_url");
}

}  // namespace antiphon::inline v0::detail
