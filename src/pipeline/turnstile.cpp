#include "pipeline/turnstile.hpp"

#include <algorithm>

namespace antiphon::inline v0::pipeline {

struct Turnstile::Waiter {
  double tokens;
  Patience patience;
  std::uint64_t number;
  std::list<Waiter*>::iterator place = {};
  bool waits = true;
  std::optional<Scheduler::Timer> timer = {};
  Turn turn = {};
  Event over = {};
};

Turnstile::Turnstile(const Limits& limits, Gate& gate) : limits_(limits), gate_(gate) {
  if (const auto& n = limits.requests_per_minute()) requests_.emplace(static_cast<double>(*n));
  if (const auto& n = limits.tokens_per_minute()) {
    tokens_.emplace(static_cast<double>(*n));
    tokens_in_minute_.emplace(static_cast<double>(*n));
  }
}

bool Turnstile::try_enter(Time now, double tokens) {
  if (!waiting_.empty()) return false;
  const std::optional<Time> turn = next_turn(now, tokens);
  if (!turn || *turn > now) return false;
  pass(now, tokens);
  return true;
}

Task<Turnstile::Turn> Turnstile::enter(Scheduler& scheduler, CancelScope& cancel, double tokens, Patience patience,
                                       std::optional<std::uint64_t> number) {
  const Time now = scheduler.steady_now();
  if (cancel.reason()) co_return Turn{Entry::cancelled, now};
  if (gate_.closed_until() - now > patience.pause) co_return Turn{Entry::turned_away, now};
  Waiter waiter{.tokens = tokens, .patience = patience, .number = number ? *number : ++last_number_};
  waiter.place = waiting_.insert(place_of(waiter.number), &waiter);
  CancelScope::Listener listener(cancel, [&] {
    if (!waiter.waits) return;
    end(scheduler, waiter.place, Entry::cancelled);
    advance(scheduler);
  });
  advance(scheduler);
  if (waiter.waits && patience.until) {
    waiter.timer = scheduler.sleep_until(*patience.until, [&] {
      waiter.timer.reset();
      end(scheduler, waiter.place, Entry::turned_away);
      advance(scheduler);
    });
  }
  co_await waiter.over;
  co_return waiter.turn;
}

void Turnstile::leave(Time now, Time passed_at, double more_tokens) {
  --inside_;
  gate_.leave();
  if (!tokens_) return;
  tokens_->correct(more_tokens);
  tokens_in_minute_->correct(now, passed_at, more_tokens);
}

void Turnstile::turn_back(Time now, Time passed_at, double tokens) {
  leave(now, passed_at, -tokens);
  if (requests_) requests_->correct(-1);
}

std::optional<Turnstile::Time> Turnstile::next_turn(Time now, double tokens) {
  if (gate_.closed(now)) return gate_.closed_until();
  if (!gate_.admits(now)) return std::nullopt;
  if (limits_.max_concurrent() && inside_ >= static_cast<std::size_t>(*limits_.max_concurrent())) return std::nullopt;
  Time turn = now;
  if (requests_) turn = std::max(turn, requests_->ready(now, 1));
  if (tokens_) turn = std::max({turn, tokens_->ready(now, tokens), tokens_in_minute_->ready(now, tokens)});
  return turn;
}

void Turnstile::pass(Time now, double tokens) {
  ++inside_;
  gate_.enter();
  if (requests_) requests_->take(now, 1);
  if (!tokens_) return;
  tokens_->take(now, tokens);
  tokens_in_minute_->take(now, tokens);
}

/// Nearly always the end: only who turned back has a low number, and stands near the front.
std::list<Turnstile::Waiter*>::iterator Turnstile::place_of(std::uint64_t number) {
  if (waiting_.empty() || waiting_.back()->number < number) return waiting_.end();
  return std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiter* other) { return other->number > number; });
}

/// Goes on through the scheduler: what runs then may come back here.
void Turnstile::end(Scheduler& scheduler, std::list<Waiter*>::iterator place, Entry entry) {
  Waiter& waiter = **place;
  waiting_.erase(place);
  waiter.waits = false;
  if (waiter.timer) scheduler.cancel(*waiter.timer);
  waiter.turn = Turn{entry, scheduler.steady_now(), waiter.number};
  scheduler.post([&waiter] { waiter.over.set(); });
}

void Turnstile::gate_closed(Scheduler& scheduler) {
  const std::chrono::nanoseconds wait = gate_.closed_until() - scheduler.steady_now();
  for (auto place = waiting_.begin(); place != waiting_.end();) {
    const auto current = place++;
    if (wait > (*current)->patience.pause) end(scheduler, current, Entry::turned_away);
  }
  advance(scheduler);
}

void Turnstile::advance(Scheduler& scheduler) {
  if (timer_) scheduler.cancel(*timer_);
  timer_.reset();
  const Time now = scheduler.steady_now();
  while (!waiting_.empty()) {
    const std::optional<Time> turn = next_turn(now, waiting_.front()->tokens);
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
