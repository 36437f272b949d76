#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text.hpp"

namespace antiphon::inline v0::simulator {

// What the simulator gives away and may see again carries its own proof: nothing has to be kept, and another simulator
// knows it too.

/// 24 letters and digits, the last eight made from the others.
std::string sealed_name(Random& random);
bool is_sealed_name(std::string_view name);

/// A signature under a text, in Base64.
std::string signature_of(std::string_view text, std::uint64_t salt);
bool is_signature_of(std::string_view signature, std::string_view text);

}  // namespace antiphon::inline v0::simulator
