#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <antiphon/limits.hpp>
#include <antiphon/scheduler.hpp>

#include "pipeline/circuit_breaker.hpp"
#include "pipeline/gate.hpp"
#include "pipeline/latency.hpp"
#include "pipeline/retry_budget.hpp"
#include "pipeline/turnstile.hpp"

namespace antiphon::inline v0::pipeline {

/// What all calls to one provider with one key have in common, whoever makes them. Made anywhere; all else on the
/// engine's thread.
class Endpoint : public std::enable_shared_from_this<Endpoint> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// The right to one attempt; given back when it goes.
  class Permit {
   public:
    /// Of somebody who has just passed the turnstile.
    Permit(std::shared_ptr<Endpoint> endpoint, Turnstile& turnstile, Scheduler& scheduler, Time passed_at,
           double tokens)
        : endpoint_(std::move(endpoint)),
          turnstile_(&turnstile),
          scheduler_(&scheduler),
          passed_at_(passed_at),
          tokens_(tokens) {}
    Permit(Permit&&) noexcept = default;
    Permit& operator=(Permit&&) = delete;
    ~Permit();
    /// What the attempt really used.
    void used(double tokens) { used_ = tokens; }
    /// The same of an answer that broke off before it said all: never less than had been thought.
    void used_at_least(double tokens) { used_ = std::max(tokens, tokens_); }
    /// Nothing was sent.
    void unused() { sent_ = false; }

   private:
    std::shared_ptr<Endpoint> endpoint_;
    Turnstile* turnstile_;
    Scheduler* scheduler_;
    Time passed_at_;
    double tokens_;
    std::optional<double> used_;
    bool sent_ = true;
  };

  /// The way in for attempts with these limits.
  Turnstile& turnstile(const Limits& limits);
  std::size_t turnstiles() const { return turnstiles_.size(); }
  const Gate& gate() const { return gate_; }
  /// Nobody is kept away now.
  bool at_rest(Time now) const { return !gate_.closed(now) && breaker.state(now) != CircuitBreaker::State::open; }
  /// The provider asks everybody to wait.
  void close_gate(Scheduler& scheduler, std::chrono::nanoseconds duration);
  /// An attempt that began then got its first content now.
  void content_came(Scheduler& scheduler, Time began);

  CircuitBreaker breaker;
  RetryBudget budget;
  Latencies latencies;

 private:
  void advance(Scheduler& scheduler);

  /// For limits that change with every call: those that came first, and hold nobody, go then.
  static constexpr std::size_t most_turnstiles = 64;

  Gate gate_;
  std::vector<std::unique_ptr<Turnstile>> turnstiles_;
  std::size_t first_served_ = 0;
};

}  // namespace antiphon::inline v0::pipeline
