#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace antiphon::inline v0::pipeline {

/// How long the recent calls to a provider took to their first content.
class Latency {
 public:
  using Duration = std::chrono::nanoseconds;
  /// Fewer say nothing about the slowest of twenty.
  static constexpr std::size_t enough = 20;

  void add(Duration duration) {
    recent_[count_++ % recent_.size()] = duration;
    constexpr int weight = 5;
    average_ = average_ ? *average_ + (duration - *average_) / weight : duration;
  }
  /// Exponentially weighted: the last handful of calls decides.
  std::optional<Duration> average() const { return average_; }
  /// Within it 95 of 100 recent calls had their first content; nothing as long as too few are known.
  std::optional<Duration> p95() const {
    const std::size_t known = std::min(count_, recent_.size());
    if (known < enough) return std::nullopt;
    std::array<Duration, 64> sorted = recent_;
    const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(known * 95 / 100);
    std::nth_element(sorted.begin(), place, sorted.begin() + static_cast<std::ptrdiff_t>(known));
    return *place;
  }

 private:
  std::array<Duration, 64> recent_{};
  std::size_t count_ = 0;
  std::optional<Duration> average_;
};

}  // namespace antiphon::inline v0::pipeline
