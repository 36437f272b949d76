#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

/// The one of `names` that somebody who typed something else probably meant, for messages such as "did you mean …?";
/// empty when none is near. Capitals, `-` and `_` make no difference, and four letters of its beginning will do. Names
/// of more than 40 bytes are never near.
ANTIPHON_EXPORT std::string nearest_name(std::string_view typed, const std::vector<std::string>& names);

}  // namespace antiphon::inline v0
