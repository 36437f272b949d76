#include "providers/rate_limits.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "core/ascii.hpp"
#include "providers/retry_after.hpp"
#include "providers/rfc3339.hpp"

namespace antiphon::inline v0::codec {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest{60'000};

/// A bare number: seconds to wait, or the time in seconds or milliseconds since 1970.
std::optional<milliseconds> parse_bare_reset(std::string_view text, std::chrono::system_clock::time_point now) {
  constexpr double least_time = 1e9;
  constexpr double least_time_in_ms = 1e12;
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size() || !(number > 0) || number > 1e14) return std::nullopt;
  double ms = number < least_time_in_ms ? number * 1000 : number;
  // Not as a time of the clock, which cannot say what is far off.
  if (number >= least_time) ms -= std::chrono::duration<double, std::milli>(now.time_since_epoch()).count();
  return milliseconds(static_cast<milliseconds::rep>(std::ceil(ms)));
}

std::optional<milliseconds> parse_reset(std::string_view text, std::chrono::system_clock::time_point now) {
  if (const auto duration = parse_duration(text)) return duration;
  if (const auto time = parse_rfc3339(text)) return std::chrono::ceil<milliseconds>(*time - now);
  return parse_bare_reset(text, now);
}

bool begins_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && ascii::equal_ignoring_case(text.substr(0, lower.size()), lower);
}

/// The header that says when the limit is renewed whose rest stands in this one; empty when this is none.
std::string reset_of(std::string_view name) {
  constexpr std::string_view remaining = "-remaining";
  const std::string lower = ascii::to_lower(name);
  const std::size_t at = lower.find(remaining);
  if (at == lower.npos) return {};
  return std::string(lower).replace(at, remaining.size(), "-reset");
}

}  // namespace

std::optional<milliseconds> exhausted_for(const HttpHeaders& headers, std::chrono::system_clock::time_point now) {
  std::optional<milliseconds> wait;
  for (const auto& [name, value] : headers) {
    if (!begins_ignoring_case(name, "x-ratelimit-") && !begins_ignoring_case(name, "anthropic-ratelimit-")) continue;
    if (ascii::trim(value) != "0") continue;
    const std::string reset = reset_of(name);
    const auto until = reset.empty() ? std::nullopt : parse_reset(ascii::trim(headers.get(reset)), now);
    if (until && *until > milliseconds::zero() && *until <= longest) wait = std::max(wait.value_or(*until), *until);
  }
  return wait;
}

}  // namespace antiphon::inline v0::codec
