#pragma once

#include <string>
#include <string_view>

#include <antiphon/export.hpp>

/// Google's Vertex AI.
namespace antiphon::inline v0::vertex {

/// Where the models of a project are, for `ModelConfig::base_url` of the providers `vertex` (Gemini) and
/// `anthropic-vertex` (Claude): `ModelConfig("gemini-2.5-pro",
/// providers::vertex).base_url(vertex::base_url("my-project", "europe-west4"))`. `location` is a region, `us` or `eu`
/// for several of them, or `global` for any. Without a base URL these providers take both from the environment
/// (`GOOGLE_CLOUD_PROJECT`, `GOOGLE_CLOUD_LOCATION`). Throws `Error{invalid_config}` at `project` or `location` for
/// what can be none.
ANTIPHON_EXPORT std::string base_url(std::string_view project, std::string_view location = "global");

}  // namespace antiphon::inline v0::vertex
