#pragma once

#include <chrono>
#include <optional>

#include <antiphon/http.hpp>

namespace antiphon::inline v0::codec {

/// How long no further request will be accepted, as the headers of an answer say it: nothing is left of a limit on
/// requests or tokens, and that limit is renewed within a minute (`x-ratelimit-remaining-…` with durations,
/// providers.md 1.1, or with bare numbers, 6.1; `anthropic-ratelimit-…-remaining` with times, 3.1). Nothing for limits
/// of an hour or a day: those may be one of several, and the provider says no by itself.
std::optional<std::chrono::milliseconds> exhausted_for(const HttpHeaders& headers,
                                                       std::chrono::system_clock::time_point now);

}  // namespace antiphon::inline v0::codec
