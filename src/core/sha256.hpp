#pragma once

#include <array>
#include <string>
#include <string_view>

namespace antiphon::inline v0 {

/// 32 bytes.
using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);
/// Keyed, by RFC 2104.
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);
std::string to_hex(const Sha256& digest);
/// The bytes, as a key for the next step.
std::string_view as_bytes(const Sha256& digest);

}  // namespace antiphon::inline v0
