#pragma once

#include <cstddef>

namespace antiphon::inline v0 {

/// The JSON reader looks this many bytes behind the end of its text. They must be readable; what they hold does not
/// matter.
inline constexpr std::size_t json_padding = 64;

}  // namespace antiphon::inline v0
