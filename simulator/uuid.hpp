#pragma once

#include <cstdint>
#include <string>

namespace antiphon::inline v0::simulator {

/// A UUID of version 4, the same for the same number.
std::string uuid_of(std::uint64_t number);

}  // namespace antiphon::inline v0::simulator
