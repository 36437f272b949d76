#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "pipeline/call.hpp"

namespace antiphon::inline v0::pipeline {

/// One exchange as it goes into the log, and at its end into the call's list of attempts.
class AttemptRecord {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// It began at that time. `url` is empty for a model of the user's own; `waited` is how long the call waited for it.
  AttemptRecord(Call& call, const Link& link, const Track& track, const std::string& url,
                std::chrono::nanoseconds waited, Time started);
  /// `status` is 0 when none was received. `used` is what the answer had said of that, where the outcome has nothing.
  void end(const Outcome& outcome, int status, Time now, const Usage& used = Usage());

 private:
  void bill(Attempt& attempt, const Outcome& outcome) const;

  Call& call_;
  const Link& link_;
  const Track& track_;
  Time started_;
  std::chrono::nanoseconds waited_;
  std::chrono::system_clock::time_point began_;
};

}  // namespace antiphon::inline v0::pipeline
