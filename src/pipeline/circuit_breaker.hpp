#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include <antiphon/fallback.hpp>

namespace antiphon::inline v0::pipeline {

/// Keeps calls away from a provider that is down, and finds out with one call at a time when it is back.
///
/// Closed: calls pass; failures in a row open it. Open: nobody passes for the rest, which doubles each time, except one
/// at a time when there is nobody else to ask. Half-open, after the rest: one call passes. Its first content closes the
/// breaker, its failure opens it again; until an answer was complete one failure opens it again.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { closed, open, half_open };

  State state(Time now) const {
    if (!open_until_) return State::closed;
    return now < *open_until_ ? State::open : State::half_open;
  }
  /// Whether a call that has somewhere else to go may pass now.
  bool passable(Time now) const {
    const State at = state(now);
    return at == State::closed || (at == State::half_open && trial_ == 0);
  }
  /// The same for one that has not; nobody tries a closed one.
  bool passable_at_last() const { return trial_ == 0; }
  std::optional<Time> open_until() const { return open_until_; }
  /// A call tries whether the provider is back.
  bool tried() const { return trial_ != 0; }

  void content_came() {
    open_until_.reset();
    trial_ = 0;
  }
  void answered() {
    content_came();
    failures_ = 0;
    rest_ = {};
  }

  /// The passage of one call, which must be passable; however the call ends, it tries the breaker no longer.
  class Passage {
   public:
    Passage(CircuitBreaker& breaker, Time now) : breaker_(breaker) { may_try(now, true); }
    ~Passage() {
      if (is_trial()) breaker_.trial_ = 0;
    }
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;

    /// Whether the call may make an attempt now: always as long as the breaker is closed, else as the only one.
    /// `at_last`: it has nowhere else to go.
    bool may_try(Time now, bool at_last) {
      if (breaker_.state(now) == State::closed || is_trial()) return true;
      if (!(at_last ? breaker_.passable_at_last() : breaker_.passable(now))) return false;
      trial_ = breaker_.trial_ = ++breaker_.last_trial_;
      return true;
    }

   private:
    friend class CircuitBreaker;
    bool is_trial() const { return trial_ != 0 && trial_ == breaker_.trial_; }

    CircuitBreaker& breaker_;
    std::uint64_t trial_ = 0;
  };

  /// An attempt failed for the provider's ill health; `passage` is null for a call that asks no breaker.
  void failed(Time now, const Passage* passage, const CircuitBreakerConfig& config) {
    switch (state(now)) {
      case State::closed:
        if (++failures_ < config.failures()) return;
        break;
      // Calls that passed before it opened, and those that had nobody else to ask, say nothing new.
      case State::open:
        return;
      case State::half_open:
        if (!passage || !passage->is_trial()) return;
        break;
    }
    rest_ = rest_ == rest_.zero() ? config.rest() : std::min<std::chrono::nanoseconds>(config.max_rest(), rest_ * 2);
    open_until_ = now + rest_;
  }

 private:
  int failures_ = 0;
  std::chrono::nanoseconds rest_{};
  std::optional<Time> open_until_;
  /// Of the call that tries; 0 when there is none.
  std::uint64_t trial_ = 0;
  std::uint64_t last_trial_ = 0;
};

}  // namespace antiphon::inline v0::pipeline
