#pragma once

#include <vector>

#include <antiphon/money.hpp>
#include <antiphon/response.hpp>

namespace antiphon::inline v0 {

inline Money cost_of(const std::vector<Attempt>& attempts) {
  Money sum = Money::zero();
  for (const Attempt& attempt : attempts) sum += attempt.cost();
  return sum;
}

}  // namespace antiphon::inline v0
