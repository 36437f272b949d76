#include "pipeline/fallback.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "pipeline/endpoint.hpp"
#include "pipeline/fallback_order.hpp"
#include "pipeline/fetch_media.hpp"
#include "pipeline/hedge.hpp"
#include "pipeline/limit.hpp"
#include "pipeline/link_facts.hpp"
#include "pipeline/run_link.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

using Time = std::chrono::steady_clock::time_point;

void log_leave(Call& call, const Link& link, const Error& error, const Link& next) {
  if (!call.logging(link)) return;
  LogRecord record(LogLevel::warning, "fallback.leave");
  record.time(call.scheduler.wall_now()).field("provider", link.name);
  record.field("error", std::string(to_string(error.kind()))).field("next", next.name);
  call.log(link, record);
}

/// Goes along the links of one call, each asked once. Those whose provider rests or wants a pause are left for the end:
/// then, with nobody else to ask, a pause is waited for, and a provider that rests is asked by one call at a time.
class Walk {
 public:
  Walk(Call& call, Track& track, const FallbackStart& start)
      : call_(call), track_(track), config_(*call.settings.fallback), now_(call.scheduler.steady_now()) {
    std::chrono::system_clock::time_point when;
    if (config_.strategy() == FallbackStrategy::cheapest) when = call.scheduler.wall_now();
    order_ = fallback_order(call.links, config_.strategy(), track.output != nullptr, when, call.random);
    if (start.first) move(*start.first, order_.begin());
    if (start.last) move(*start.last, order_.end());
  }

  /// To be called when time has passed.
  void look_at_clock() { now_ = call_.scheduler.steady_now(); }
  Time now() const { return now_; }

  /// The link to ask next; nothing when there is none left.
  const Link* next() const {
    if (const Link* link = free_link()) return link;
    const auto turn = [this](const Link& l) { return turn_of(l); };
    const auto can_pass = [this](const Link& l) { return passable(l); };
    if (const Link* link = soonest(order_, can_pass, turn)) return link;
    if (const Link* link = soonest(turned_away_, can_pass, turn)) return link;
    const auto at_last = [](const Link& l) { return l.endpoint->breaker.passable_at_last(); };
    return soonest(order_, at_last, rest_ends);
  }
  /// One that can be asked at once, beside the one at hand; nothing when there is none.
  const Link* free_link() const {
    for (const std::size_t i : order_) {
      const Link& link = call_.links[i];
      if (fits(link) && passable(link) && has_room(link)) return &link;
    }
    return nullptr;
  }
  /// It is asked now.
  void take(const Link& link) {
    std::erase(order_, number_of(link));
    std::erase(turned_away_, number_of(link));
  }
  /// It was not asked, for the sake of another one that was free. That one may be taken by now: then this one's turn is
  /// waited for all the same.
  void turned_away(const Link& link) { turned_away_.push_back(number_of(link)); }

  /// `other` is one that can be asked in its place; null when there is none.
  RetryContext context_for(const Link& link, const Link* other) const {
    RetryContext context;
    if (!other) return context;
    context.longest_wait = config_.max_wait();
    context.first_content_within = link.rules->first_content_within();
    return context;
  }

  /// Whether the failure of this link leads on to the next.
  bool leads_on(const Link& link, const Error& error) const { return undecided() && leaves(link, error); }
  /// Whether it is the call's, whatever came of a link that was asked beside it.
  bool decides(const Link& link, const Error& error) const { return undecided() && !leaves(link, error); }
  /// This link failed, and another one takes its place, when there is one: that asked beside it, or the next.
  void left(const Link& link, const Error& error, const Link* beside = nullptr) {
    if (error.kind() == ErrorKind::context_window_exceeded) {
      too_small_ = std::max(too_small_, context_window_of(link).value_or(0));
    }
    const Link* successor = beside ? beside : next();
    if (!successor) return;
    if (error.kind() == ErrorKind::authentication || error.kind() == ErrorKind::permission) {
      call_.warnings.emplace_back(link.name, "left for the next provider: " + error.message());
    }
    log_leave(call_, link, error, *successor);
  }

  /// When every provider rests, and other calls try whether one is back.
  Error all_rest() const {
    Time soonest = Time::max();
    std::string names;
    for (const Link& link : call_.links) {
      soonest = std::min(soonest, rest_ends(link));
      names += (names.empty() ? "" : ", ") + link.name;
    }
    Error error(ErrorKind::overloaded, "every provider failed lately and rests: " + names);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(soonest - now_);
    return error.where("fallback.circuit_breaker").retry_after(std::max(wait, std::chrono::milliseconds(1)));
  }

 private:
  std::size_t number_of(const Link& link) const { return static_cast<std::size_t>(&link - call_.links.data()); }
  static Time rest_ends(const Link& link) { return link.endpoint->breaker.open_until().value_or(Time::min()); }

  void move(std::size_t link, LinkOrder::iterator to) {
    const auto place = std::find(order_.begin(), order_.end(), link);
    if (to == order_.begin()) {
      std::rotate(order_.begin(), place, place + 1);
    } else {
      std::rotate(place, place + 1, order_.end());
    }
  }
  bool undecided() const { return !track_.delivered && !track_.cancel.reason(); }
  static bool leaves(const Link& link, const Error& error) { return link.rules->leave_on().contains(error.kind()); }
  bool fits(const Link& link) const {
    return too_small_ == 0 || context_window_of(link).value_or(too_small_ + 1) > too_small_;
  }
  bool passable(const Link& link) const { return link.endpoint->breaker.passable(now_); }
  /// Its provider wants no pause, and its limits at most a short one.
  bool has_room(const Link& link) const {
    if (link.endpoint->gate().closed(now_)) return false;
    // Batches of one call are in each other's way, which is no reason to ask somebody else.
    if (track_.exchange) return true;
    std::chrono::nanoseconds longest = config_.max_wait();
    if (const auto& within = link.rules->first_content_within()) {
      longest = std::min<std::chrono::nanoseconds>(longest, *within);
    }
    const std::optional<Time> turn = next_turn(link, track_, now_);
    return turn && *turn - now_ <= longest;
  }
  /// The earliest, where others come first: how long they take nobody knows.
  Time turn_of(const Link& link) const {
    const Gate& gate = link.endpoint->gate();
    return gate.closed(now_) ? gate.closed_until() : next_turn(link, track_, now_).value_or(now_);
  }
  /// Of those that will do, the one whose time comes first.
  template <class Predicate, class TimeOf>
  const Link* soonest(const LinkOrder& links, Predicate will_do, TimeOf time) const {
    const Link* best = nullptr;
    for (const std::size_t i : links) {
      const Link& link = call_.links[i];
      if (fits(link) && will_do(link) && (!best || time(link) < time(*best))) best = &link;
    }
    return best;
  }

  Call& call_;
  Track& track_;
  const FallbackConfig& config_;
  Time now_;
  LinkOrder order_;  ///< of those that were not asked yet
  LinkOrder turned_away_;
  std::int64_t too_small_ = 0;
};

void log_hedge(Call& call, const Link& link) {
  if (!call.logging(link)) return;
  LogRecord record(LogLevel::info, "hedge.start");
  call.log(link, record.time(call.scheduler.wall_now()).field("provider", link.name));
}

/// Stood in a row, and left it before its turn.
bool was_turned_away(const Call& call, const Track& track, const RetryContext& context, const Outcome& outcome) {
  if (outcome || !context.longest_wait || outcome.error().kind() != ErrorKind::rate_limited) return false;
  return std::find(call.visit_of.begin(), call.visit_of.end(), track.visit.number) == call.visit_of.end();
}

/// As one call that passes the breaker of the link's provider, now.
Task<Outcome> ask(Call& call, Track& track, const Link& link, RetryContext context, Walk& way) {
  CircuitBreaker::Passage passage(link.endpoint->breaker, way.now());
  context.passage = &passage;
  Outcome outcome = co_await run_link(call, link, track, context);
  if (was_turned_away(call, track, context, outcome)) way.turned_away(link);
  co_return outcome;
}

/// Until when the first provider, asked now, is alone; nothing when it stays so.
std::optional<Time> alone_until(const Call& call, const Track& track, const Link& link, const Link* other, Time now) {
  const std::optional<HedgeConfig>& config = call.settings.fallback->hedge();
  if (!config || !other) return std::nullopt;
  const std::chrono::nanoseconds set = config->delay();
  const auto p95 = link.endpoint->latencies.of(link.config.model(), track.output != nullptr).p95();
  return now + (p95 ? std::max(*p95, set / 10) : set);
}

Task<HedgeOutcome> ask_alone(Track& track, Next first) {
  Outcome outcome = co_await first(track);
  co_return HedgeOutcome{std::move(outcome)};
}

/// Asks one link, and perhaps another beside it.
Task<HedgeOutcome> ask_hedged(Call& call, Track& track, std::optional<Time> alone_until, Next first,
                              std::function<Next()> choose_second, std::function<bool(const Error&)> decides) {
  if (!alone_until) return ask_alone(track, std::move(first));
  return hedge(call, track, *alone_until, std::move(first), std::move(choose_second), std::move(decides));
}

/// A link that is asked, and the one that may be beside it. Functions that hold no more than a pointer to this need no
/// memory of their own.
struct Step {
  Call& call;
  Walk& way;
  const Link* link;
  RetryContext context;
  const Link* beside = nullptr;
  RetryContext context_beside = {};

  Task<Outcome> ask_first(Track& side) const { return ask(call, side, *link, context, way); }
  Task<Outcome> ask_beside(Track& side) const { return ask(call, side, *beside, context_beside, way); }
  bool choose_beside() {
    way.look_at_clock();
    beside = way.free_link();
    if (!beside) return false;
    way.take(*beside);
    log_hedge(call, *beside);
    context_beside = way.context_for(*beside, way.free_link());
    return true;
  }
};

Task<Outcome> walk(Call& call, Track& track, FallbackStart& start) {
  Walk way(call, track, start);
  std::optional<Outcome> last;
  while (const Link* link = way.next()) {
    way.take(*link);
    const Link* other = way.free_link();
    Step step{call, way, link, way.context_for(*link, other)};
    Next first = [&step](Track& side) { return step.ask_first(side); };
    std::function<Next()> choose_second = [&step]() -> Next {
      if (!step.choose_beside()) return nullptr;
      return [&step](Track& side) { return step.ask_beside(side); };
    };
    std::function<bool(const Error&)> decides = [&way, link](const Error& e) { return way.decides(*link, e); };
    const auto until = alone_until(call, track, *link, other, way.now());
    HedgeOutcome asked =
        co_await ask_hedged(call, track, until, std::move(first), std::move(choose_second), std::move(decides));
    if (!asked.outcome || asked.first_failure) way.look_at_clock();
    if (const auto& failure = asked.first_failure) {
      if (!asked.outcome && way.decides(*link, *failure)) co_return *failure;
      way.left(*link, *failure, step.beside);
    }
    if (asked.of_second) link = step.beside;
    start.answered = static_cast<std::size_t>(link - call.links.data());
    if (asked.outcome || !way.leads_on(*link, asked.outcome.error())) co_return std::move(asked.outcome);
    way.left(*link, asked.outcome.error());
    last = std::move(asked.outcome);
  }
  if (last) co_return std::move(*last);
  co_return way.all_rest();
}

Task<Outcome> walk_from_the_first(Call& call, Track& track) {
  FallbackStart start;
  Outcome outcome = co_await walk(call, track, start);
  co_return outcome;
}

}  // namespace

Task<Outcome> fallback(Call& call, Track& track, FallbackStart& start) {
  if (call.settings.fallback) return walk(call, track, start);
  return fetch_media(call, call.links.front(), track, RetryContext());
}

Task<Outcome> fallback(Call& call, Track& track) {
  // Without a frame of its own where nothing has to be kept in it: most calls have one link.
  if (!call.settings.fallback) return fetch_media(call, call.links.front(), track, RetryContext());
  return walk_from_the_first(call, track);
}

}  // namespace antiphon::inline v0::pipeline
