#pragma once

#include <chrono>
#include <optional>

namespace antiphon::inline v0::codec {

/// What to do with credentials that were fetched.
enum class CredentialAge {
  good,    ///< use them
  ageing,  ///< use them, and fetch others beside
  spent,   ///< wait for others
};

// Metadata servers have new credentials about five minutes before the old ones end, and give the old ones until then.
inline constexpr std::chrono::minutes early{4};
inline constexpr std::chrono::seconds too_late{30};
inline constexpr std::chrono::seconds between_early_fetches{30};
inline constexpr std::chrono::minutes longest_fetch{1};

/// Pure. `held` is for how long we have had them: what just came is used even when its end seems to have passed,
/// because our clock may be wrong, and a server that cannot renew keeps giving what the provider still takes.
constexpr CredentialAge credential_age(std::optional<std::chrono::system_clock::time_point> expires,
                                       std::chrono::system_clock::time_point now,
                                       std::chrono::steady_clock::duration held) {
  if (!expires || *expires - now > early) return CredentialAge::good;
  if (held < between_early_fetches) return CredentialAge::good;
  return *expires - now > too_late ? CredentialAge::ageing : CredentialAge::spent;
}

}  // namespace antiphon::inline v0::codec
