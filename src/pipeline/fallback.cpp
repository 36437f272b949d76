#include "pipeline/fallback.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "pipeline/fallback_order.hpp"
#include "pipeline/hedge.hpp"
#include "pipeline/run_link.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

using Time = std::chrono::steady_clock::time_point;

/// Goes along the links of one call.
class Walk {
 public:
  Walk(Call& call, Track& track, const FallbackStart& start)
      : call_(call), track_(track), config_(*call.settings.fallback) {
    order_ = fallback_order(call.links, config_.strategy(), call.random);
    if (start.first) move(*start.first, order_.begin());
    if (start.last) move(*start.last, order_.end());
  }

  /// The next link that can be asked; nothing when there is none left.
  const Link* next() {
    while (at_ < order_.size()) {
      const Link& link = call_.links[order_[at_++]];
      if (fits(link) && may_ask(link)) return &link;
    }
    return nullptr;
  }
  /// Another link could be asked after the one at hand.
  const Link* peek() const {
    for (std::size_t i = at_; i < order_.size(); ++i) {
      const Link& link = call_.links[order_[i]];
      if (fits(link) && open(link)) return &link;
    }
    return nullptr;
  }
  /// Takes what `peek` found.
  void skip_to(const Link& link) {
    while (&call_.links[order_[at_++]] != &link) {
    }
  }

  RetryContext context_for(const Link& link, CircuitBreaker::Trial trial) const {
    RetryContext context;
    context.trial = trial;
    if (!peek()) return context;
    context.longest_wait = config_.max_wait();
    context.first_content_within = link.rules->first_content_within();
    return context;
  }

  /// Whether the failure of this link leads on to the next.
  bool leave(const Link& link, const Error& error) {
    if (track_.delivered || track_.cancel.reason()) return false;
    if (!link.rules->leave_on().contains(error.kind())) return false;
    if (error.kind() == ErrorKind::context_window_exceeded && link.rules->context_window()) {
      too_small_ = std::max(too_small_, *link.rules->context_window());
    }
    if (error.kind() == ErrorKind::authentication || error.kind() == ErrorKind::permission) {
      call_.warnings.emplace_back(link.name, "left for the next provider: " + error.message());
    }
    return true;
  }

  /// When every link that is left rests.
  Error nobody(std::optional<Outcome> last) const {
    if (last) return last->error();
    const Time now = call_.scheduler.steady_now();
    std::optional<Time> soonest;
    std::string names;
    for (const std::size_t i : order_) {
      const auto until = call_.links[i].endpoint->breaker.open_until();
      if (until && (!soonest || *until < *soonest)) soonest = until;
      names += (names.empty() ? "" : ", ") + call_.links[i].name;
    }
    Error error(ErrorKind::overloaded, "every provider failed lately and rests: " + names);
    error.where("fallback.circuit_breaker");
    if (soonest) {
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*soonest - now);
      error.retry_after(std::max(wait, std::chrono::milliseconds(0)));
    }
    return error;
  }

 private:
  void move(std::size_t link, std::vector<std::size_t>::iterator to) {
    const auto place = std::find(order_.begin(), order_.end(), link);
    if (place == order_.end()) return;
    if (to == order_.begin()) {
      std::rotate(order_.begin(), place, place + 1);
    } else {
      std::rotate(place, place + 1, order_.end());
    }
  }
  bool fits(const Link& link) const {
    return too_small_ == 0 || !link.rules->context_window() || *link.rules->context_window() > too_small_;
  }
  bool open(const Link& link) const {
    const Time now = call_.scheduler.steady_now();
    return link.endpoint->breaker.passable(now) && !link.endpoint->gate().closed(now);
  }
  /// A closed gate is waited for only when nobody else is left.
  bool may_ask(const Link& link) const {
    const Time now = call_.scheduler.steady_now();
    if (!link.endpoint->breaker.passable(now)) return false;
    return !link.endpoint->gate().closed(now) || !peek();
  }

  Call& call_;
  Track& track_;
  const FallbackConfig& config_;
  std::vector<std::size_t> order_;
  std::size_t at_ = 0;
  std::int64_t too_small_ = 0;
};

void log_leave(Call& call, const Link& link, const Error& error, const Link* next) {
  if (!call.logging(link)) return;
  LogRecord record(LogLevel::warning, "fallback.leave");
  record.time(call.scheduler.wall_now()).field("provider", link.name);
  record.field("error", std::string(to_string(error.kind()))).field("next", next ? next->name : std::string());
  call.log(link, record);
}

/// However a call to a link ends, it tries that link's breaker no longer.
class TrialEnd {
 public:
  TrialEnd(const Link& link, CircuitBreaker::Trial trial) : link_(link), trial_(trial) {}
  ~TrialEnd() { link_.endpoint->breaker.ended(trial_); }
  TrialEnd(const TrialEnd&) = delete;
  TrialEnd& operator=(const TrialEnd&) = delete;

 private:
  const Link& link_;
  CircuitBreaker::Trial trial_;
};

Task<Outcome> ask(Call& call, Track& track, const Link& link, RetryContext context) {
  const TrialEnd end(link, context.trial);
  Outcome outcome = co_await run_link(call, link, track, context);
  co_return outcome;
}

/// How long the first provider is alone; nothing when it stays so.
std::optional<std::chrono::nanoseconds> hedge_delay(const Call& call, const Walk& way, const Link& link) {
  const std::optional<HedgeConfig>& config = call.settings.fallback->hedge();
  if (!config || !way.peek()) return std::nullopt;
  const std::chrono::nanoseconds set = config->delay();
  const auto p95 = link.endpoint->latency.p95();
  return p95 ? std::max(*p95, set / 10) : set;
}

/// Asks one link, and perhaps another beside it.
Task<HedgeOutcome> ask_hedged(Call& call, Track& track, std::optional<std::chrono::nanoseconds> delay, Next first,
                              std::function<Next()> choose_second) {
  if (delay) {
    HedgeOutcome both = co_await hedge(call, track, *delay, std::move(first), std::move(choose_second));
    co_return both;
  }
  Outcome outcome = co_await first(track);
  co_return HedgeOutcome{std::move(outcome), false};
}

CircuitBreaker::Trial enter(const Call& call, const Link& link) {
  return link.endpoint->breaker.enter(call.scheduler.steady_now());
}

Task<Outcome> walk(Call& call, Track& track, FallbackStart& start) {
  Walk way(call, track, start);
  std::optional<Outcome> last;
  while (const Link* link = way.next()) {
    const RetryContext context = way.context_for(*link, enter(call, *link));
    const Link* beside = nullptr;
    Next first = [&call, link, context](Track& side) { return ask(call, side, *link, context); };
    std::function<Next()> choose_second = [&]() -> Next {
      beside = way.peek();
      if (!beside) return nullptr;
      way.skip_to(*beside);
      const RetryContext its = way.context_for(*beside, enter(call, *beside));
      return [&call, beside, its](Track& side) { return ask(call, side, *beside, its); };
    };
    HedgeOutcome asked = co_await ask_hedged(call, track, hedge_delay(call, way, *link), std::move(first), std::move(choose_second));
    if (asked.of_second) link = beside;
    start.answered = static_cast<std::size_t>(link - call.links.data());
    if (asked.outcome || !way.leave(*link, asked.outcome.error())) co_return std::move(asked.outcome);
    log_leave(call, *link, asked.outcome.error(), way.peek());
    last = std::move(asked.outcome);
  }
  co_return way.nobody(std::move(last));
}

}  // namespace

Task<Outcome> fallback(Call& call, Track& track, FallbackStart& start) {
  if (call.settings.fallback) return walk(call, track, start);
  RetryContext alone;
  return retry(call, call.links.front(), track, alone);
}

}  // namespace antiphon::inline v0::pipeline
