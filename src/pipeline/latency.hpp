#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>

namespace antiphon::inline v0::pipeline {

/// How long the recent answers of one kind took to their first content.
class Latency {
 public:
  using Duration = std::chrono::nanoseconds;
  /// Fewer say nothing about the slowest of twenty.
  static constexpr std::size_t enough = 20;

  void add(Duration duration) {
    Duration& oldest = recent_[count_ % recent_.size()];
    // One slow call for another, or one quick one, leaves the place of the slowest of twenty as it is.
    const bool full = count_ >= recent_.size();
    if (!p95_ || !full || (oldest < *p95_) != (duration < *p95_) || oldest == *p95_) p95_.reset();
    oldest = duration;
    ++count_;
    constexpr int weight = 5;
    average_ = average_ ? *average_ + (duration - *average_) / weight : duration;
  }
  /// Exponentially weighted: the last handful of calls decides.
  std::optional<Duration> average() const { return average_; }
  /// Within it 95 of 100 recent calls had their first content; nothing as long as too few are known.
  std::optional<Duration> p95() const {
    const std::size_t known = std::min(count_, recent_.size());
    if (known < enough || p95_) return p95_;
    std::array<Duration, 64> sorted = recent_;
    const auto place = sorted.begin() + static_cast<std::ptrdiff_t>((known * 95 + 99) / 100 - 1);
    std::nth_element(sorted.begin(), place, sorted.begin() + static_cast<std::ptrdiff_t>(known));
    p95_ = *place;
    return p95_;
  }

 private:
  std::array<Duration, 64> recent_{};
  std::size_t count_ = 0;
  std::optional<Duration> average_;
  mutable std::optional<Duration> p95_;  ///< once it was asked for
};

/// One for each model, and for streamed and whole answers apart: the first content of a whole answer is its end.
class Latencies {
 public:
  /// Those of the models that were asked last are kept.
  static constexpr std::size_t most_models = 64;

  Latency& of(const std::string& model, bool streamed) {
    const auto known = std::find_if(models_.begin(), models_.end(), [&](const Model& m) { return m.name == model; });
    if (known != models_.end()) {
      models_.splice(models_.begin(), models_, known);
    } else {
      if (models_.size() == most_models) models_.pop_back();
      models_.emplace_front().name = model;
    }
    return streamed ? models_.front().streamed : models_.front().whole;
  }

 private:
  struct Model {
    std::string name;
    Latency streamed;
    Latency whole;
  };
  std::list<Model> models_;
};

}  // namespace antiphon::inline v0::pipeline
