#include "pipeline/endpoint.hpp"

#include <algorithm>

namespace antiphon::inline v0::pipeline {

Endpoint::Permit::~Permit() {
  if (!endpoint_) return;
  // Where nothing is counted, no time is needed.
  const Time now = sent_ && !turnstile_->counts_tokens() ? Time() : scheduler_->steady_now();
  if (sent_) {
    turnstile_->leave(now, passed_at_, used_ ? *used_ - tokens_ : 0);
  } else {
    turnstile_->turn_back(now, passed_at_, tokens_);
  }
  endpoint_->advance(*scheduler_);
}

Turnstile& Endpoint::turnstile(const Limits& limits) {
  const auto found = std::find_if(turnstiles_.begin(), turnstiles_.end(),
                                  [&](const auto& turnstile) { return turnstile->limits() == limits; });
  if (found != turnstiles_.end()) return **found;
  if (turnstiles_.size() >= most_turnstiles) {
    const auto idle = std::find_if(turnstiles_.begin(), turnstiles_.end(), [](const auto& t) { return t->is_empty(); });
    if (idle != turnstiles_.end()) turnstiles_.erase(idle);
  }
  return *turnstiles_.emplace_back(std::make_unique<Turnstile>(limits, gate_));
}

void Endpoint::close_gate(Scheduler& scheduler, std::chrono::nanoseconds duration) {
  // A provider that wants to see nobody for longer is asked again all the same.
  constexpr std::chrono::hours longest{1};
  if (duration <= std::chrono::nanoseconds::zero()) return;
  gate_.close_until(scheduler.steady_now() + std::min<std::chrono::nanoseconds>(duration, longest));
  for (const auto& turnstile : turnstiles_) turnstile->gate_closed(scheduler);
}

void Endpoint::content_came(Scheduler& scheduler, Time began) {
  breaker.content_came();
  gate_.succeeded(began);
  advance(scheduler);
}

/// Each time another one is the first to be served: while the gate lets few pass, no one starves.
void Endpoint::advance(Scheduler& scheduler) {
  if (turnstiles_.empty()) return;
  first_served_ = (first_served_ + 1) % turnstiles_.size();
  for (std::size_t i = 0; i < turnstiles_.size(); ++i) {
    Turnstile& turnstile = *turnstiles_[(first_served_ + i) % turnstiles_.size()];
    if (turnstile.waiting() != 0) turnstile.advance(scheduler);
  }
}

}  // namespace antiphon::inline v0::pipeline
