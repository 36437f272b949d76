#pragma once

#include <memory>
#include <vector>

#include "protocol.hpp"
#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

/// What a request looks like to the rules.
struct Subject {
  const RecordedRequest& request;
  std::string_view protocol;
  const Ask* ask;  ///< null when it is no valid conversation
};

/// The rules of a scenario and how often each applied.
class RuleBook {
 public:
  explicit RuleBook(std::shared_ptr<const ScenarioData> scenario);
  /// Place of the first rule that applies, and counts it; -1 for none.
  int pick(const Subject& subject);
  void restart();
  const std::shared_ptr<const ScenarioData>& scenario() const { return scenario_; }

 private:
  std::shared_ptr<const ScenarioData> scenario_;
  std::vector<std::uint64_t> matched_;  // how many requests fitted each rule, applied or not
};

}  // namespace antiphon::inline v0::simulator
