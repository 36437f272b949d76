#include <antiphon/duration.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace antiphon::inline v0 {

namespace {

constexpr double longest_seconds = 1000.0 * 24 * 3600;

// From the largest to the smallest: `1m30s` is fine, `30s1m` is a slip of the pen.
constexpr std::array<std::pair<std::string_view, double>, 4> units{{{"h", 3600}, {"m", 60}, {"s", 1}, {"ms", 1e-3}}};

std::string_view take_unit(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
  std::string_view unit = text.substr(0, end);
  text.remove_prefix(end);
  return unit;
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  double seconds = 0;
  std::size_t next_unit = 0;
  do {
    double number = 0;
    // from_chars alone would take `inf` and `nan`.
    if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::string_view unit = take_unit(text);
    while (next_unit < units.size() && units[next_unit].first != unit) ++next_unit;
    if (next_unit == units.size()) return std::nullopt;
    seconds += number * units[next_unit++].second;
  } while (!text.empty());
  if (seconds > longest_seconds) return std::nullopt;
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

}  // namespace antiphon::inline v0
