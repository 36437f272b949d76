#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::utf8 {

/// Position of the first byte that is not UTF-8 (overlong forms and surrogates are not); nothing when all is.
std::optional<std::size_t> find_invalid(std::string_view text);

/// The text with U+FFFD in place of each maximal invalid piece (as the WHATWG decoder does it).
std::string repair(std::string_view text);

/// Appends the UTF-8 form of a code point.
void append(std::string& out, char32_t code_point);

}  // namespace antiphon::inline v0::utf8
