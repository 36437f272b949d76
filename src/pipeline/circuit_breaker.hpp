#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include <antiphon/fallback.hpp>

namespace antiphon::inline v0::pipeline {

/// Keeps calls away from a provider that is down, and finds out with one call at a time when it is back.
///
/// Closed: calls pass; failures in a row open it. Open: no call passes for the rest, which doubles each time. Half-open:
/// one call passes; a success closes the breaker, its failure opens it again.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { closed, open, half_open };
  /// Of the call that tries a half-open breaker; 0 for all others.
  using Trial = std::uint64_t;

  State state(Time now) const {
    if (!open_until_) return State::closed;
    return now < *open_until_ ? State::open : State::half_open;
  }
  /// Whether a call could pass now.
  bool passable(Time now) const {
    const State at = state(now);
    return at == State::closed || (at == State::half_open && trial_ == 0);
  }
  std::optional<Time> open_until() const { return open_until_; }
  /// The way of a call that passes, which must be `passable`. `ended` must follow.
  Trial enter(Time now) {
    if (state(now) == State::closed) return 0;
    return trial_ = ++last_trial_;
  }
  /// The call is over, whatever it said about the provider.
  void ended(Trial trial) {
    if (trial != 0 && trial == trial_) trial_ = 0;
  }

  void succeeded() {
    failures_ = 0;
    trial_ = 0;
    open_until_.reset();
    rest_ = {};
  }
  void failed(Time now, Trial trial, const CircuitBreakerConfig& config) {
    ++failures_;
    if (open_until_) {
      // Late failures of calls that passed before it opened say nothing new.
      if (trial == 0 || trial != trial_) return;
      trial_ = 0;
      rest_ = std::min<std::chrono::nanoseconds>(config.max_rest(), rest_ * 2);
    } else {
      if (failures_ < config.failures()) return;
      rest_ = config.rest();
    }
    open_until_ = now + rest_;
  }

 private:
  int failures_ = 0;
  std::chrono::nanoseconds rest_{};
  std::optional<Time> open_until_;
  Trial trial_ = 0;
  Trial last_trial_ = 0;
};

}  // namespace antiphon::inline v0::pipeline
