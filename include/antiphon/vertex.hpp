#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <antiphon/error.hpp>

/// Google's Vertex AI.
namespace antiphon::inline v0::vertex {

/// Where the models of a project are, for `ModelConfig::base_url` of the providers `vertex` (Gemini) and
/// `anthropic-vertex` (Claude): `ModelConfig("gemini-2.5-pro",
/// providers::vertex).base_url(vertex::base_url("my-project", "europe-west4"))`. `location` is a region, `us` or `eu`
/// for several of them, or `global` for any. Without a base URL these providers take both from the environment
/// (`GOOGLE_CLOUD_PROJECT`, `GOOGLE_CLOUD_LOCATION`). Throws `Error{invalid_config}` at `project` or `location` for
/// what can be none.
inline std::string base_url(std::string_view project, std::string_view location = "global") {
  const auto check = [](std::string_view name, std::string_view where) {
    const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
             c == ':';
    });
    if (!good) {
      throw Error(ErrorKind::invalid_config,
                  "\"" + std::string(name) + "\" is no " + std::string(where) + " of Google Cloud")
          .where(std::string(where));
    }
  };
  check(project, "project");
  check(location, "location");
  const std::string place(location);
  std::string host = place + "-aiplatform.googleapis.com";
  if (place == "global") host = "aiplatform.googleapis.com";
  if (place == "us" || place == "eu") host = "aiplatform." + place + ".rep.googleapis.com";
  return "https://" + host + "/v1/projects/" + std::string(project) + "/locations/" + place;
}

}  // namespace antiphon::inline v0::vertex
