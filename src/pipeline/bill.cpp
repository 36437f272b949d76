#include "pipeline/bill.hpp"

namespace antiphon::inline v0::pipeline {

Money bill(const Link& link, const Outcome& outcome, std::chrono::system_clock::time_point began) {
  if (outcome) return link.row ? link.row->cost(outcome->usage(), began) : Money();
  const Response* partial = outcome.error().partial();
  if (!partial || !partial->usage().known()) return Money::zero();
  return link.row ? link.row->cost(partial->usage(), began) : Money();
}

}  // namespace antiphon::inline v0::pipeline
