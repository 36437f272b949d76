#pragma once

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// A number of tokens as a provider sends it. A negative one is a way to say that it is not known, one that is absurdly
/// large a mistake: both are unknown.
inline Count read_token_count(json::Value value) {
  constexpr std::int64_t most = 1'000'000'000'000;
  const Count count = value.count();
  return count.known() && count.at_least() >= 0 && count.at_least() <= most ? count : Count();
}

}  // namespace antiphon::inline v0::codec
