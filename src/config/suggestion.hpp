#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon::inline v0::config {

/// `; did you mean "fast"?`, or else those there are: `; the models are: fast, local`.
std::string suggestion(std::string_view typed, const std::vector<std::string>& names, std::string_view what_they_are);

}  // namespace antiphon::inline v0::config
