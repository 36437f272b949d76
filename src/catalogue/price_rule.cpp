#include "catalogue/price_rule.hpp"

#include <limits>

#include "catalogue/price_table.hpp"
#include "providers/row_file.hpp"

namespace antiphon::inline v0::catalogue {

namespace {

using codec::is_date;
using codec::require;
using codec::StrictObject;
using std::chrono::minutes;

/// Of text that is known to be made of digits.
unsigned number(std::string_view digits) {
  unsigned value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<unsigned>(digit - '0');
  return value;
}

std::optional<std::chrono::sys_days> day_of(std::string_view text) {
  using namespace std::chrono;
  if (!is_date(text)) return std::nullopt;
  const year_month_day day(year(static_cast<int>(number(text.substr(0, 4)))), month(number(text.substr(5, 2))),
                           std::chrono::day(number(text.substr(8, 2))));
  if (!day.ok()) return std::nullopt;
  return sys_days(day);
}

/// `06:30`; `24:00` is the end of the day.
std::optional<minutes> time_of(std::string_view text) {
  const auto is_digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t at : {0, 1, 3, 4}) {
    if (!is_digit(at)) return std::nullopt;
  }
  const minutes time(number(text.substr(0, 2)) * 60 + number(text.substr(3, 2)));
  if (number(text.substr(3, 2)) > 59 || time > std::chrono::hours(24)) return std::nullopt;
  return time;
}

void read_hours(StrictObject& object, PriceRule& rule) {
  std::string from;
  std::string to;
  object.read("utc_from", from);
  object.read("utc_to", to);
  if (from.empty() && to.empty()) return;
  const auto first = time_of(from);
  const auto last = time_of(to);
  require(first.has_value(), object.at("utc_from"), "must be a time of day such as 06:30");
  require(last.has_value(), object.at("utc_to"), "must be a time of day such as 06:30");
  require(*first < *last, object.at("utc_to"), "must be later than utc_from; two rules go across midnight");
  rule.hours = std::pair(*first, *last);
}

}  // namespace

bool PriceRule::applies(Time when, std::int64_t prompt_tokens) const {
  const auto day = std::chrono::floor<std::chrono::days>(when);
  if (prompt_above && prompt_tokens <= *prompt_above) return false;
  if (from && day < *from) return false;
  if (hours && (when - day < hours->first || when - day >= hours->second)) return false;
  return !weekdays || std::chrono::weekday(day).iso_encoding() <= 5;
}

PriceRule read_price_rule(json::Value value, std::string place) {
  StrictObject object(value, std::move(place));
  PriceRule rule;
  if (object.find("prompt_above")) {
    std::size_t above = 0;
    object.read("prompt_above", above, 0, std::numeric_limits<std::int64_t>::max());
    rule.prompt_above = static_cast<std::int64_t>(above);
  }
  std::string from;
  object.read("from", from);
  if (object.find("from")) {
    rule.from = day_of(from);
    require(rule.from.has_value(), object.at("from"), "must be a day such as 2026-11-23");
  }
  read_hours(object, rule);
  object.read("weekdays", rule.weekdays);
  const auto prices = object.find("prices");
  require(prices.has_value(), object.at("prices"), "is missing");
  rule.prices = read_prices(*prices, object.at("prices"), PricesOf::tokens);
  object.finish();
  const bool conditional = rule.prompt_above || rule.from || rule.hours || rule.weekdays;
  require(conditional, object.at("prices"), "would always hold: a rule has a prompt_above, a from, hours or weekdays");
  return rule;
}

}  // namespace antiphon::inline v0::catalogue
