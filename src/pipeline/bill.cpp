#include "pipeline/bill.hpp"

namespace antiphon::inline v0::pipeline {

Money bill(const Link& link, const Outcome& outcome, std::chrono::system_clock::time_point began) {
  const Usage* usage = outcome.usage();
  const Usage used = usage ? *usage : Usage();
  if (!outcome && !used.known()) return Money::zero();
  const ModelRow* row = link.known.row();
  return row ? row->cost(used, began) : Money();
}

}  // namespace antiphon::inline v0::pipeline
