#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::pipeline {

/// Where a server sends on to: its `Location`, which may be relative, seen from the URL that was asked. Nothing when
/// that is no http or https URL, or leads from https to http.
std::optional<std::string> redirect_target(std::string_view from, std::string_view location);

}  // namespace antiphon::inline v0::pipeline
