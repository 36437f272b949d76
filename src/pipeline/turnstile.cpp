#include "pipeline/turnstile.hpp"

#include <algorithm>

namespace antiphon::inline v0::pipeline {

struct Turnstile::Waiter {
  double tokens;
  std::chrono::nanoseconds patience;
  std::list<Waiter*>::iterator place = {};
  bool waits = true;
  Entry entry = Entry::passed;
  Event turn = {};
};

Turnstile::Turnstile(const Limits& limits, Gate& gate) : limits_(limits), gate_(gate) {
  if (const auto& n = limits.requests_per_minute()) requests_.emplace(static_cast<double>(*n));
  if (const auto& n = limits.tokens_per_minute()) tokens_.emplace(static_cast<double>(*n));
}

bool Turnstile::try_enter(Time now, double tokens) {
  if (!waiting_.empty()) return false;
  const std::optional<Time> turn = next_turn(now);
  if (!turn || *turn > now) return false;
  pass(now, tokens);
  return true;
}

Task<Turnstile::Entry> Turnstile::enter(Scheduler& scheduler, CancelScope& cancel, double tokens,
                                        std::chrono::nanoseconds patience) {
  if (cancel.reason()) co_return Entry::cancelled;
  Waiter waiter{.tokens = tokens, .patience = patience};
  waiter.place = waiting_.insert(waiting_.end(), &waiter);
  CancelScope::Listener listener(cancel, [&] {
    if (!waiter.waits) return;
    end(scheduler, waiter.place, Entry::cancelled);
    advance(scheduler);
  });
  advance(scheduler);
  co_await waiter.turn;
  co_return waiter.entry;
}

void Turnstile::leave(double more_tokens) {
  --inside_;
  gate_.leave();
  if (tokens_) tokens_->correct(more_tokens);
}

std::optional<Turnstile::Time> Turnstile::next_turn(Time now) {
  if (gate_.closed(now)) return gate_.closed_until();
  if (!gate_.admits(now)) return std::nullopt;
  if (limits_.max_concurrent() && inside_ >= static_cast<std::size_t>(*limits_.max_concurrent())) return std::nullopt;
  Time turn = now;
  if (requests_) turn = std::max(turn, requests_->ready(now));
  if (tokens_) turn = std::max(turn, tokens_->ready(now));
  return turn;
}

void Turnstile::pass(Time now, double tokens) {
  ++inside_;
  gate_.enter();
  if (requests_) requests_->take(now, 1);
  if (tokens_) tokens_->take(now, tokens);
}

/// Goes on through the scheduler: what runs then may come back here.
void Turnstile::end(Scheduler& scheduler, std::list<Waiter*>::iterator place, Entry entry) {
  Waiter& waiter = **place;
  waiting_.erase(place);
  waiter.waits = false;
  waiter.entry = entry;
  scheduler.post([&waiter] { waiter.turn.set(); });
}

void Turnstile::turn_away(Scheduler& scheduler, Time now) {
  for (auto place = waiting_.begin(); place != waiting_.end();) {
    const auto current = place++;
    if (gate_.closed_until() - now > (*current)->patience) end(scheduler, current, Entry::turned_away);
  }
}

void Turnstile::advance(Scheduler& scheduler) {
  if (timer_) scheduler.cancel(*timer_);
  timer_.reset();
  const Time now = scheduler.steady_now();
  if (gate_.closed(now)) turn_away(scheduler, now);
  while (!waiting_.empty()) {
    const std::optional<Time> turn = next_turn(now);
    if (!turn) return;
    if (*turn > now) {
      timer_ = scheduler.sleep_until(*turn, [this, &scheduler] {
        timer_.reset();
        advance(scheduler);
      });
      return;
    }
    pass(now, waiting_.front()->tokens);
    end(scheduler, waiting_.begin(), Entry::passed);
  }
}

}  // namespace antiphon::inline v0::pipeline
