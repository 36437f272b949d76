#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

class Money;

/// For people: `$0.2500`, with four decimals, and below a tenth of a cent with so many that two digits show. `?` when
/// nothing is known.
ANTIPHON_EXPORT std::string to_string(Money money);
ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, Money money);

/// An amount of US dollars, of at least zero, exact to 10⁻¹⁸: never a floating-point number. One that nobody knows is
/// not zero: it prints as `?`.
///
///   Money limit("0.25");
///
/// A sum with an unknown part keeps what is known as a lower bound, as a `Count` does: it is not `known()`,
/// `at_least()` is the sum of the known parts, and it prints as `≥$0.2500`. Amounts beyond 9·10¹⁸ dollars stay there.
class ANTIPHON_EXPORT Money {
 public:
  /// Unknown.
  constexpr Money() = default;
  /// A decimal number of dollars, such as `12`, `0.25` or `0.0000001`, with at most 18 decimals and no exponent.
  /// Throws `Error{invalid_config}` for anything else.
  explicit Money(std::string_view dollars);
  static constexpr Money zero() { return Money(0, 0); }

  constexpr bool known() const { return known_; }
  /// The exact amount when `known()`, else the sum of the parts that are.
  constexpr Money at_least() const { return Money(dollars_, parts_); }

  Money& operator+=(Money other);
  friend Money operator+(Money a, Money b) { return a += b; }
  /// So many times this, divided: what 1500 tokens cost at this price of a million is `price.times(1500, 1'000'000)`.
  /// Both at least 0, and `divisor` at least 1. Below 10⁻¹⁸ dollars it is rounded to the nearest.
  Money times(std::int64_t factor, std::int64_t divisor = 1) const;

  /// All digits: `0.25`, `0`, of an unknown amount those of `at_least()`.
  std::string digits() const;
  friend std::string to_string(Money money);

  friend constexpr bool operator==(Money, Money) = default;
  /// Unordered when one of both is not known.
  friend constexpr std::partial_ordering operator<=>(Money a, Money b) {
    if (!a.known_ || !b.known_) return std::partial_ordering::unordered;
    if (const auto order = a.dollars_ <=> b.dollars_; std::is_neq(order)) return order;
    return a.parts_ <=> b.parts_;
  }

 private:
  constexpr Money(std::int64_t dollars, std::int64_t parts) : dollars_(dollars), parts_(parts), known_(true) {}

  std::int64_t dollars_ = 0;
  std::int64_t parts_ = 0;  ///< of 10¹⁸ that make a dollar; less than one
  bool known_ = false;
};

}  // namespace antiphon::inline v0
