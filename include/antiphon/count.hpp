#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

/// A number that a provider may not have sent. An unknown count is not zero: it prints as `?`.
///
/// A sum with an unknown part keeps what is known as a lower bound: it is not `known()`, `at_least()` is the sum of
/// the known parts, and it prints as `≥12`.
class Count {
 public:
  constexpr Count() = default;
  constexpr Count(std::int64_t value) : value_(value), known_(true) {}

  constexpr bool known() const { return known_; }
  /// The exact number when `known()`, else the sum of the parts that are.
  constexpr std::int64_t at_least() const { return value_; }
  constexpr std::int64_t value_or(std::int64_t fallback) const { return known_ ? value_ : fallback; }

  constexpr Count& operator+=(Count other) {
    value_ += other.value_;
    known_ = known_ && other.known_;
    return *this;
  }
  friend constexpr Count operator+(Count a, Count b) { return a += b; }
  friend constexpr bool operator==(Count, Count) = default;

 private:
  std::int64_t value_ = 0;
  bool known_ = false;
};

ANTIPHON_EXPORT std::string to_string(Count count);
ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, Count count);

}  // namespace antiphon::inline v0
