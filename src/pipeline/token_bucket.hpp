#pragma once

#include <algorithm>
#include <chrono>

namespace antiphon::inline v0::pipeline {

/// So many whole units per minute, in any minute: what a provider's limit means. A tenth of them may come at once, the
/// rest evenly.
///
/// Who takes more than that tenth waits until it is there, takes the rest on credit, and those behind wait until that
/// is paid off: so a request of any size is possible, and only such a one can lead over the limit. They wait for a
/// minute at most, because what is longer ago does not count.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit TokenBucket(double per_minute)
      : burst_(std::max(1.0, per_minute / 10)), per_second_((per_minute - burst_ + 1) / minute), level_(burst_) {}

  /// What may be taken at once.
  double burst() const { return burst_; }
  /// The earliest time at which so many units may be taken; `now` when that is at once.
  Time ready(Time now, double units) {
    refill(now);
    // Rounding must not make somebody wait for the last billionth.
    const double needed = std::min(units, burst_) - 1e-6;
    if (level_ >= needed) return now;
    const std::chrono::duration<double> wait((needed - level_) / per_second_);
    return now + std::chrono::ceil<std::chrono::nanoseconds>(wait);
  }
  void take(Time now, double units) {
    refill(now);
    correct(units);
  }
  /// More was used than had been taken, or less.
  void correct(double units) { level_ = std::clamp(level_ - units, burst_ - minute * per_second_, burst_); }

 private:
  // A little longer than a provider's, whose clock may differ.
  static constexpr double minute = 60.01;

  void refill(Time now) {
    if (now <= last_) return;
    const std::chrono::duration<double> passed = now - last_;
    if (last_ != Time{}) level_ = std::min(burst_, level_ + passed.count() * per_second_);
    last_ = now;
  }

  double burst_;
  double per_second_;
  double level_;
  Time last_{};
};

}  // namespace antiphon::inline v0::pipeline
