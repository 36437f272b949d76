#pragma once

#include <chrono>

namespace antiphon::inline v0::pipeline {

/// Bounds retries to a share of the recent calls, so that an outage does not double the load that it comes from.
class RetryBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds window{30};
  /// So many retries are free in each window: somebody who makes few calls may retry them.
  static constexpr double free_retries = 10;

  void called(Time now) {
    advance(now);
    ++new_.calls;
  }
  /// Whether one more retry is within `share` of the calls; it counts when it is.
  bool take(Time now, double share) {
    advance(now);
    const double allowed = free_retries + share * (new_.calls + old_.calls);
    if (share < 1 && new_.retries + old_.retries + 1 > allowed) return false;
    ++new_.retries;
    return true;
  }

 private:
  struct Half {
    double calls = 0;
    double retries = 0;
  };

  /// The window is two halves; the older one goes as a whole.
  void advance(Time now) {
    constexpr auto half = window / 2;
    const auto halves = (now - began_) / half;
    if (halves < 1) return;
    old_ = halves == 1 ? new_ : Half();
    new_ = Half();
    began_ += halves * half;
  }

  Time began_{};
  Half new_;
  Half old_;
};

}  // namespace antiphon::inline v0::pipeline
