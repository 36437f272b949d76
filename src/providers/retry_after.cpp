#include "providers/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "core/ascii.hpp"

namespace antiphon::inline v0::codec {

namespace {

using std::chrono::milliseconds;

constexpr double most_ms = 365.0 * 24 * 3600 * 1000;

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<milliseconds> usable(double ms) {
  if (!(ms > 0)) return std::nullopt;
  return milliseconds(static_cast<milliseconds::rep>(std::ceil(std::min(ms, most_ms))));
}

std::optional<double> unit_in_ms(std::string_view unit) {
  if (unit == "ms") return 1.0;
  if (unit == "s") return 1000.0;
  if (unit == "m") return 60'000.0;
  if (unit == "h") return 3'600'000.0;
  if (unit == "d") return 86'400'000.0;
  return std::nullopt;
}

/// The number and the unit that a text begins with, in milliseconds; drops them from the text.
std::optional<double> take_term(std::string_view& text) {
  constexpr std::string_view digits = "0123456789.";
  const std::size_t number_end = std::min(text.find_first_not_of(digits), text.size());
  const std::size_t unit_end = std::min(text.find_first_not_of("mshd", number_end), text.size());
  const std::optional<double> number = to_number(text.substr(0, number_end));
  const std::optional<double> unit = unit_in_ms(text.substr(number_end, unit_end - number_end));
  if (!number || !unit) return std::nullopt;
  text.remove_prefix(unit_end);
  return *number * *unit;
}

std::vector<std::string_view> words_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<int> to_int(std::string_view text) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<unsigned> to_month(std::string_view name) {
  constexpr std::array<std::string_view, 12> names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
  for (unsigned month = 0; month < names.size(); ++month) {
    if (ascii::equal_ignoring_case(name, names[month])) return month + 1;
  }
  return std::nullopt;
}

std::optional<std::chrono::system_clock::time_point> to_time(std::string_view day, std::string_view month,
                                                             std::string_view year, std::string_view clock) {
  const std::optional<int> d = to_int(day);
  const std::optional<unsigned> m = to_month(month);
  std::optional<int> y = to_int(year);
  const std::vector<std::string_view> parts = words_of(clock, ":");
  if (!d || !m || !y || parts.size() != 3) return std::nullopt;
  if (year.size() == 2) *y += *y < 70 ? 2000 : 1900;
  const std::chrono::year_month_day date{std::chrono::year(*y), std::chrono::month(*m),
                                         std::chrono::day(static_cast<unsigned>(*d))};
  const std::optional<int> hours = to_int(parts[0]);
  const std::optional<int> minutes = to_int(parts[1]);
  const std::optional<int> seconds = to_int(parts[2]);
  if (!date.ok() || *y < 1970 || *y > 2200 || !hours || !minutes || !seconds) return std::nullopt;
  if (*hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
         std::chrono::seconds(*seconds);
}

/// The unit that a word in a sentence names, in milliseconds.
std::optional<double> word_in_ms(std::string_view word) {
  if (word.starts_with("millisecond")) return 1.0;
  if (word.starts_with("second")) return 1000.0;
  if (word.starts_with("minute")) return 60'000.0;
  if (word.starts_with("hour")) return 3'600'000.0;
  return std::nullopt;
}

/// The time that a text begins with: `1m2.5s.`, `20 seconds`.
std::optional<milliseconds> parse_wait(std::string_view text) {
  std::string_view compact = text.substr(0, text.find_first_not_of("0123456789.msh"));
  while (compact.ends_with('.')) compact.remove_suffix(1);
  if (const std::optional<milliseconds> wait = parse_duration(compact)) return wait;
  const std::size_t number_end = text.find(' ');
  if (number_end == text.npos) return std::nullopt;
  const std::optional<double> number = to_number(text.substr(0, number_end));
  const std::optional<double> unit = word_in_ms(text.substr(number_end + 1));
  return number && unit ? usable(*number * *unit) : std::nullopt;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text) {
  const std::vector<std::string_view> words = words_of(text, " ,-");
  if (words.size() == 6) return to_time(words[1], words[2], words[3], words[4]);  // Sun, 06 Nov 1994 08:49:37 GMT
  if (words.size() == 5) return to_time(words[2], words[1], words[4], words[3]);  // Sun Nov  6 08:49:37 1994
  return std::nullopt;
}

std::optional<milliseconds> parse_retry_after(const HttpHeaders& headers, std::chrono::system_clock::time_point now) {
  if (const std::string* text = headers.find("retry-after-ms")) {
    const std::optional<double> ms = to_number(ascii::trim(*text));
    if (const std::optional<milliseconds> wait = ms ? usable(*ms) : std::nullopt) return wait;
  }
  const std::string* header = headers.find("retry-after");
  if (!header) return std::nullopt;
  const std::string_view text = ascii::trim(*header);
  if (const std::optional<double> seconds = to_number(text)) return usable(*seconds * 1000);
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return usable(std::chrono::duration<double, std::milli>(*date - now).count());
}

bool asks_for_no_wait(const HttpHeaders& headers) {
  for (const std::string_view name : {"retry-after-ms", "retry-after"}) {
    if (to_number(ascii::trim(headers.get(name))) == 0.0) return true;
  }
  return false;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double ms = 0;
  while (!text.empty()) {
    const std::optional<double> term = take_term(text);
    if (!term) return std::nullopt;
    ms += *term;
  }
  return usable(ms);
}

std::optional<milliseconds> find_wait_in_text(std::string_view message) {
  constexpr std::string_view phrases[] = {"try again in ", "try again after ", "retry in ", "retry after ",
                                          "please wait "};
  const std::string lower = ascii::to_lower(message);
  for (const std::string_view phrase : phrases) {
    const std::size_t at = lower.find(phrase);
    if (at == lower.npos) continue;
    if (const auto wait = parse_wait(std::string_view(lower).substr(at + phrase.size()))) return wait;
  }
  return std::nullopt;
}

}  // namespace antiphon::inline v0::codec
