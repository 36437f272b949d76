#include "providers/rfc3339.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace antiphon::inline v0::codec {

namespace {

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  if (text.size() < at + count) return std::nullopt;
  const char* begin = text.data() + at;
  const auto [stop, error] = std::from_chars(begin, begin + count, value);
  if (error != std::errc() || stop != begin + count || value < 0) return std::nullopt;
  return value;
}

}  // namespace

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
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  using Clock = std::chrono::system_clock;
  const std::chrono::sys_seconds time = std::chrono::sys_days(date) + std::chrono::hours(*hours) +
                                        std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
  // The clock counts finely and ends soon (in 2262): "9999-12-31" means never.
  if (time >= std::chrono::floor<std::chrono::seconds>(Clock::time_point::max())) return Clock::time_point::max();
  return std::max(time, std::chrono::sys_seconds());
}

}  // namespace antiphon::inline v0::codec
