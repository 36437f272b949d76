#pragma once

#include <algorithm>
#include <chrono>

namespace antiphon::inline v0::pipeline {

/// So many units per minute, in any minute: what a provider's limit means. A tenth of them may come at once.
///
/// What is taken may be more than is there: the next taker then waits until the debt is paid, so that a request larger
/// than the burst is possible at all.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit TokenBucket(double per_minute)
      : burst_(std::max(1.0, per_minute / 10)), per_second_((per_minute - burst_ + 1) / 60), level_(burst_) {}

  /// The earliest time at which something may be taken; `now` when that is at once.
  Time ready(Time now) {
    refill(now);
    if (level_ >= needed()) return now;
    const std::chrono::duration<double> wait((needed() - level_) / per_second_);
    return now + std::chrono::ceil<std::chrono::nanoseconds>(wait);
  }
  void take(Time now, double units) {
    refill(now);
    level_ -= units;
  }
  /// More or less was used than had been taken.
  void correct(double units) { level_ = std::min(burst_, level_ - units); }

 private:
  // Rounding must not make somebody wait for the last billionth.
  double needed() const { return std::min(1.0, burst_) - 1e-6; }

  void refill(Time now) {
    if (now > last_) {
      const std::chrono::duration<double> passed = now - last_;
      if (last_ != Time{}) level_ = std::min(burst_, level_ + passed.count() * per_second_);
      last_ = now;
    }
  }

  double burst_;
  double per_second_;
  double level_;
  Time last_{};
};

}  // namespace antiphon::inline v0::pipeline
