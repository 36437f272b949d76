#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon::cli {

/// `; did you mean chat?` when what was typed is close to one of these, else empty.
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known);

}  // namespace antiphon::cli
