#include <antiphon/money.hpp>

#include <algorithm>
#include <limits>
#include <ostream>

#include <antiphon/error.hpp>

#include "core/ascii.hpp"

namespace antiphon::inline v0 {

namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr int decimals = 18;
constexpr std::int64_t parts_of_a_dollar = 1'000'000'000'000'000'000;
constexpr std::int64_t most_dollars = std::numeric_limits<std::int64_t>::max();

/// Digits that fit.
std::int64_t number(std::string_view digits) {
  std::int64_t value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

std::string without_zeros_in_front(std::string_view digits) {
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return std::string(digits.substr(first));
}

/// The decimals of an amount below one dollar.
std::string decimals_of(std::int64_t parts) {
  const std::string digits = std::to_string(parts);
  return std::string(decimals - digits.size(), '0') + digits;
}

constexpr std::size_t usual_decimals = 4;

/// How many decimals people want to see.
std::size_t shown_decimals(std::int64_t dollars, std::int64_t parts) {
  if (dollars > 0 || parts == 0) return usual_decimals;
  const std::size_t first = decimals_of(parts).find_first_not_of('0');
  return std::clamp<std::size_t>(first + 2, usual_decimals, decimals);
}

}  // namespace

Money::Money(std::string_view dollars) {
  const auto refuse = [&](const char* why) {
    throw Error(ErrorKind::invalid_config, "\"" + std::string(dollars.substr(0, 50)) + "\" is no amount: " + why);
  };
  const std::size_t point = dollars.find('.');
  const std::string_view fraction = point == dollars.npos ? "0" : dollars.substr(point + 1);
  const std::string_view whole = dollars.substr(0, point);
  if (!ascii::all_digits(whole) || !ascii::all_digits(fraction))
    refuse("expected dollars as a decimal number, such as 0.25");
  if (fraction.size() > decimals) refuse("it has more than 18 decimals");
  const std::string digits = without_zeros_in_front(whole);
  if (digits.size() > decimals) refuse("it is too large");
  dollars_ = number(digits);
  parts_ = number(fraction);
  for (std::size_t i = fraction.size(); i < decimals; ++i) parts_ *= 10;
  known_ = true;
}

Money& Money::operator+=(Money other) {
  known_ = known_ && other.known_;
  parts_ += other.parts_;
  std::int64_t carried = 0;
  if (parts_ >= parts_of_a_dollar) {
    parts_ -= parts_of_a_dollar;
    carried = 1;
  }
  const Wide sum = static_cast<Wide>(dollars_) + static_cast<Wide>(other.dollars_) + static_cast<Wide>(carried);
  dollars_ = static_cast<std::int64_t>(std::min(sum, static_cast<Wide>(most_dollars)));
  return *this;
}

Money Money::times(std::int64_t factor, std::int64_t divisor) const {
  const Wide n = static_cast<Wide>(std::max<std::int64_t>(factor, 0));
  const Wide d = static_cast<Wide>(std::max<std::int64_t>(divisor, 1));
  const Wide whole = static_cast<Wide>(dollars_) * n;
  // What is left of the dollars goes on in parts; below 2⁶³ · 10¹⁸ each, so that both fit.
  const Wide parts = (whole % d) * static_cast<Wide>(parts_of_a_dollar) + static_cast<Wide>(parts_) * n;
  const Wide rounded = (parts + d / 2) / d;
  const Wide dollars = whole / d + rounded / static_cast<Wide>(parts_of_a_dollar);
  Money product = *this;
  product.dollars_ = static_cast<std::int64_t>(std::min(dollars, static_cast<Wide>(most_dollars)));
  product.parts_ = static_cast<std::int64_t>(rounded % static_cast<Wide>(parts_of_a_dollar));
  return product;
}

std::string Money::digits() const {
  std::string fraction = decimals_of(parts_);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(dollars_) + (fraction.empty() ? "" : "." + fraction);
}

std::string to_string(Money money) {
  if (!money.known_ && money.dollars_ == 0 && money.parts_ == 0) return "?";
  const std::size_t shown = shown_decimals(money.dollars_, money.parts_);
  std::int64_t last = 1;
  for (std::size_t i = shown; i < decimals; ++i) last *= 10;
  const bool up = money.parts_ % last >= last - last / 2;
  const std::int64_t rounded = (money.parts_ / last + (up ? 1 : 0)) * last;
  const bool carried = rounded >= parts_of_a_dollar;
  const Wide dollars = static_cast<Wide>(money.dollars_) + static_cast<Wide>(carried ? 1 : 0);
  std::string fraction = decimals_of(carried ? 0 : rounded).substr(0, shown);
  fraction.resize(std::max(fraction.find_last_not_of('0') + 1, usual_decimals), '0');
  return (money.known_ ? "$" : "≥$") + std::to_string(static_cast<std::uint64_t>(dollars)) + "." + fraction;
}

std::ostream& operator<<(std::ostream& out, Money money) { return out << to_string(money); }

}  // namespace antiphon::inline v0
