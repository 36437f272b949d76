#pragma once

namespace antiphon::inline v0 {

/// Whether memory that was given back is kept for the next who needs some: AddressSanitizer finds who uses it too late
/// only if it is not.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool keeps_memory = false;
#elif defined(__has_feature)
inline constexpr bool keeps_memory = !__has_feature(address_sanitizer);
#else
inline constexpr bool keeps_memory = true;
#endif

}  // namespace antiphon::inline v0
