#pragma once

#include <cstddef>

namespace antiphon::inline v0::codec {

/// The index of the choice, in protocols whose answers have one.
inline constexpr std::size_t only = 0;

}  // namespace antiphon::inline v0::codec
