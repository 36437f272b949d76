#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace antiphon::inline v0::pipeline {

/// What was taken within the last minute, by the second: no minute has more than the limit, whatever is settled later.
/// Only something that is larger than the limit by itself goes all the same, alone.
class MinuteWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit MinuteWindow(double limit) : limit_(limit) {}

  /// The earliest time at which so much may be taken; `now` when that is at once.
  Time ready(Time now, double units) {
    advance(now);
    const double most = limit_ - std::min(units, limit_);
    double rest = sum_;
    // From the oldest second on, until enough of them are a minute old.
    for (std::int64_t second = newest_ - seconds + 1; rest > most && second <= newest_; ++second) {
      rest -= taken_[place(second)];
      if (rest <= most) return Time(std::chrono::seconds(second + seconds));
    }
    return now;
  }
  void take(Time now, double units) {
    advance(now);
    add(newest_, units);
  }
  /// Of what was taken then, more was used, or less.
  void correct(Time now, Time taken_at, double units) {
    advance(now);
    const std::int64_t second = index(taken_at);
    if (second > newest_ - seconds) add(second, units);
  }

 private:
  // A whole minute, and the second that has just begun.
  static constexpr std::int64_t seconds = 61;

  static std::int64_t index(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  }
  static std::size_t place(std::int64_t second) {
    return static_cast<std::size_t>((second % seconds + seconds) % seconds);
  }
  void add(std::int64_t second, double units) {
    taken_[place(second)] += units;
    sum_ += units;
  }
  void advance(Time now) {
    const std::int64_t second = index(now);
    for (std::int64_t steps = std::min(second - newest_, seconds); steps > 0; --steps) {
      double& old = taken_[place(second - steps + 1)];
      sum_ -= old;
      old = 0;
    }
    newest_ = std::max(newest_, second);
  }

  double limit_;
  double sum_ = 0;
  std::int64_t newest_ = 0;
  std::array<double, seconds> taken_{};
};

}  // namespace antiphon::inline v0::pipeline
