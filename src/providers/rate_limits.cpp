#include "providers/rate_limits.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "core/ascii.hpp"
#include "providers/retry_after.hpp"

namespace antiphon::inline v0::codec {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest{60'000};

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  if (text.size() < at + count) return std::nullopt;
  const char* begin = text.data() + at;
  const auto [stop, error] = std::from_chars(begin, begin + count, value);
  if (error != std::errc() || stop != begin + count || value < 0) return std::nullopt;
  return value;
}

/// `2026-11-23T06:50:00Z`, with or without a fraction of a second.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text.back() != 'Z' && text.back() != 'z' && !text.ends_with("+00:00")) return std::nullopt;
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hours = digits(text, 11, 2);
  const auto minutes = digits(text, 14, 2);
  const auto seconds = digits(text, 17, 2);
  if (!year || !month || !day || !hours || !minutes || !seconds) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
         std::chrono::seconds(*seconds);
}

std::optional<milliseconds> parse_reset(std::string_view text, std::chrono::system_clock::time_point now) {
  if (const auto duration = parse_duration(text)) return duration;
  if (const auto time = parse_rfc3339(text)) return std::chrono::ceil<milliseconds>(*time - now);
  return std::nullopt;
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
