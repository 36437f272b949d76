#include "pipeline/endpoint.hpp"

#include <algorithm>

namespace antiphon::inline v0::pipeline {

Endpoint::Permit::~Permit() {
  if (!endpoint_) return;
  turnstile_->leave(used_ ? *used_ - tokens_ : 0);
  endpoint_->advance(*scheduler_);
}

Turnstile& Endpoint::turnstile(const Limits& limits) {
  const auto found = std::find_if(turnstiles_.begin(), turnstiles_.end(),
                                  [&](const auto& turnstile) { return turnstile->limits() == limits; });
  if (found != turnstiles_.end()) return **found;
  return *turnstiles_.emplace_back(std::make_unique<Turnstile>(limits, gate_));
}

void Endpoint::close_gate(Scheduler& scheduler, std::chrono::nanoseconds duration) {
  // A provider that wants to see nobody for longer is asked again all the same.
  constexpr std::chrono::hours longest{1};
  if (duration <= std::chrono::nanoseconds::zero()) return;
  gate_.close_until(scheduler.steady_now() + std::min<std::chrono::nanoseconds>(duration, longest));
  advance(scheduler);
}

void Endpoint::succeeded(Scheduler& scheduler, std::chrono::nanoseconds first_content) {
  latency.add(first_content);
  breaker.succeeded();
  gate_.succeeded();
  advance(scheduler);
}

void Endpoint::advance(Scheduler& scheduler) {
  for (const auto& turnstile : turnstiles_) {
    if (turnstile->waiting() != 0) turnstile->advance(scheduler);
  }
}

}  // namespace antiphon::inline v0::pipeline
