#pragma once

#include <string_view>

#include <antiphon/json.hpp>

namespace antiphon::cli {

/// A text of anybody's, the name of a file for example, as a JSON string: each byte that is not UTF-8 becomes U+FFFD.
Json shown_text(std::string_view text);

}  // namespace antiphon::cli
