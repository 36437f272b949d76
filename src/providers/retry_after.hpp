#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <antiphon/http.hpp>

namespace antiphon::inline v0::codec {

/// How long an answer's headers ask to wait: the first of `retry-after-ms` and `retry-after` that gives a positive
/// time (providers.md, 0.3). Never more than a year; callers have a limit of their own.
std::optional<std::chrono::milliseconds> parse_retry_after(const HttpHeaders& headers,
                                                           std::chrono::system_clock::time_point now);

/// Whether they say that there is no need to wait: one of the two is 0.
bool asks_for_no_wait(const HttpHeaders& headers);

/// `20ms`, `1s`, `6m0s`, `1h2m3.5s`, `1d2h`: the whole text.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The wait in words such as "Please try again in 1m2.5s.".
std::optional<std::chrono::milliseconds> find_wait_in_text(std::string_view message);

/// Any of the three forms of a date in HTTP.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

}  // namespace antiphon::inline v0::codec
