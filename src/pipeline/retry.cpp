#include "pipeline/retry.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/duration_text.hpp"
#include "pipeline/limit.hpp"
#include "pipeline/pause.hpp"
#include "pipeline/retry_decision.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

using Time = std::chrono::steady_clock::time_point;

/// Failures that say something about the provider's health, and not about the request, the key or the user.
bool is_ill_health(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::dns:
    case ErrorKind::connection:
    case ErrorKind::tls:
    case ErrorKind::proxy:
    case ErrorKind::timeout:
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
    case ErrorKind::truncated:
    case ErrorKind::protocol:
      return true;
    default:
      return false;
  }
}

/// Users who let a steady answer take only so long, or read it slowly, say nothing about the provider.
bool is_readers_time(const Error& error, const Track& track) {
  return track.delivered && error.kind() == ErrorKind::timeout && error.where() == "timeouts.total";
}

bool asks_everybody_to_wait(ErrorKind kind) { return kind == ErrorKind::rate_limited || kind == ErrorKind::overloaded; }

LogRecord about(Call& call, const Link& link, LogLevel level, const char* event, const Error& error) {
  LogRecord record(level, event);
  record.time(call.scheduler.wall_now()).field("provider", link.name);
  return record.field("error", std::string(to_string(error.kind())));
}

void log_wait(Call& call, const Link& link, const Error& error, std::chrono::nanoseconds wait) {
  if (!call.logging(link)) return;
  LogRecord record = about(call, link, LogLevel::info, "retry.wait", error);
  record.field("wait_ms", in_milliseconds(wait));
  call.log(link, record);
}

void tell_over_budget(Call& call, const Link& link, const Error& error) {
  call.warnings.emplace_back("retry_config.budget", "too many retries lately: this failure was not tried again");
  if (call.logging(link)) call.log(link, about(call, link, LogLevel::warning, "retry.over_budget", error));
}

Error rests(const Link& link, Time now) {
  Error error(ErrorKind::overloaded, "the provider failed lately and rests");
  error.where("fallback.circuit_breaker").provider(link.name);
  const Time until = link.endpoint->breaker.open_until().value_or(now);
  if (until > now) error.retry_after(std::chrono::ceil<std::chrono::milliseconds>(until - now));
  return error;
}

/// One link's attempts.
class Retry {
 public:
  Retry(Call& call, const Link& link, Track& track, const RetryContext& context)
      : call_(call), link_(link), track_(track), context_(context), config_(link.config.retry_config()) {}

  void begins(Time now) {
    if (!began_) began_ = now;
    asked_ = now;
  }

  /// For how long it is worth to wait for a permit.
  Turnstile::Patience patience() const {
    Turnstile::Patience patience{config_.max_retry_after()};
    // Nobody waits beside somebody who is free, unless that one must not be asked for this.
    if (context_.longest_wait && link_.rules->leave_on().contains(ErrorKind::rate_limited)) {
      std::chrono::nanoseconds most = *context_.longest_wait;
      if (context_.first_content_within) most = std::min(most, *context_.first_content_within);
      patience.pause = std::min(patience.pause, most);
      if (!waits_for_its_own()) patience.until = asked_ + most;
    }
    if (const auto left = time_left(asked_)) patience.pause = std::min(patience.pause, *left);
    return patience;
  }

  void wait_begins(Time now) {
    if (!waiting_since_) waiting_since_ = now;
  }

  /// The permit came after the deadline.
  bool is_late(Time now) const {
    const auto left = time_left(now);
    return left && *left < std::chrono::nanoseconds::zero();
  }

  /// Why no attempt may be made although there is a permit for it.
  std::optional<Error> objection(Time now) const {
    if (!context_.passage) return std::nullopt;
    if (context_.passage->may_try(now, !has_elsewhere(track_, context_))) return std::nullopt;
    return rests(link_, now);
  }

  AttemptContext next_attempt(Time now) {
    if (attempts_ == 0) link_.endpoint->budget.called(now);
    AttemptContext next;
    next.first = attempts_++ == 0;
    attempt_began_ = now;
    if (const auto& within = context_.first_content_within) {
      // It is silent as long as the call stands in its row, too.
      const std::chrono::nanoseconds in_row = waits_for_its_own() ? Time::duration::zero() : now - asked_;
      next.first_content_within = std::max<std::chrono::nanoseconds>(*within - in_row, shortest_silence);
    }
    if (waiting_since_) next.waited = now - *waiting_since_;
    return next;
  }

  void settle(Endpoint::Permit& permit, const Outcome& outcome) const {
    const Usage* usage = outcome.usage();
    if (!usage || !usage->known()) return;
    const Count total = usage->total_tokens();
    const auto tokens = static_cast<double>(total.at_least());
    if (total.known()) {
      permit.used(tokens);
    } else {
      permit.used_at_least(tokens);
    }
  }

  /// Until when to wait before the next attempt; nothing when there is none.
  std::optional<Time> again(const Outcome& outcome) {
    waiting_since_.reset();
    if (outcome) {
      link_.endpoint->breaker.answered();
      return std::nullopt;
    }
    const Error& error = outcome.error();
    const Time now = call_.scheduler.steady_now();
    if (is_ill_health(error.kind()) && !is_readers_time(error, track_)) {
      link_.endpoint->breaker.failed(now, context_.passage, breaker_config());
    }
    // At least so long: without these only quick answers would be known.
    if (track_.rival && track_.rival->was_faster) latency().add(now - attempt_began_);
    if (track_.cancel.reason()) return std::nullopt;
    if (has_other_credentials(error)) return now;

    const FailedAttempt failed{.error = error,
                               .attempts = attempts_ - free_attempts_,
                               .reached = track_.reached,
                               .delivered = track_.delivered,
                               .chance = call_.random.fraction(),
                               .time_left = time_left(now),
                               .longest_wait = context_.longest_wait};
    const std::chrono::nanoseconds wait = decide_wait(config_, failed);
    if (asks_everybody_to_wait(error.kind())) link_.endpoint->close_gate(call_.scheduler, wait);
    if (!decide_retry(config_, failed, wait) || is_down(now)) return std::nullopt;
    if (!link_.endpoint->budget.take(now, config_.budget())) {
      tell_over_budget(call_, link_, error);
      return std::nullopt;
    }
    log_wait(call_, link_, error, wait);
    waiting_since_ = now;
    return now + wait;
  }

 private:
  /// Before a batch of a call mostly other batches of that call stand.
  bool waits_for_its_own() const { return static_cast<bool>(track_.exchange); }

  Latency& latency() const { return link_.endpoint->latencies.of(link_.config.model(), track_.output != nullptr); }

  CircuitBreakerConfig breaker_config() const {
    return call_.settings.fallback ? call_.settings.fallback->circuit_breaker() : CircuitBreakerConfig();
  }

  /// The breaker is open, and somebody else can be asked, or is.
  bool is_down(Time now) const {
    return has_elsewhere(track_, context_) && link_.endpoint->breaker.state(now) == CircuitBreaker::State::open;
  }

  /// To the deadline of the call, or of its retries, of which the first attempt is none.
  std::optional<std::chrono::nanoseconds> time_left(Time now) const {
    std::optional<Time> end = call_.deadline;
    if (attempts_ > 0 && config_.deadline()) end = std::min(end.value_or(Time::max()), *began_ + *config_.deadline());
    if (!end) return std::nullopt;
    return *end - now;
  }

  /// Once: a token may have expired between two looks at the clock.
  bool has_other_credentials(const Error& error) {
    const int status = error.http_status();
    if ((status != 401 && status != 403) || free_attempts_ != 0 || track_.delivered) return false;
    if (!link_.authenticator || !link_.authenticator->rejected_with(error, track_.authorized_at)) return false;
    ++free_attempts_;
    return true;
  }

  static constexpr std::chrono::milliseconds shortest_silence{1};

  Call& call_;
  const Link& link_;
  Track& track_;
  RetryContext context_;
  const RetryConfig& config_;
  std::optional<Time> began_;
  Time asked_{};  ///< for the permit of this attempt
  Time attempt_began_{};
  int attempts_ = 0;
  int free_attempts_ = 0;
  std::optional<Time> waiting_since_;
};

Task<Outcome> attempt_once(Call& call, const Link& link, Track& track, const AttemptContext& next) {
  if (track.exchange) return track.exchange(link, track, next);
  return attempt(call, link, track, next);
}

}  // namespace

Task<Outcome> retry(Call& call, const Link& link, Track& track, RetryContext context) {
  Retry state(call, link, track, context);
  std::optional<Outcome> last;
  for (;;) {
    if (track.cancel.reason()) co_return *track.cancel.reason();
    // Read once: what happens until the attempt begins takes no time.
    Time now = call.scheduler.steady_now();
    state.begins(now);
    std::optional<Endpoint::Permit> permit = admit_at_once(call, link, track, now);
    if (!permit) {
      state.wait_begins(now);
      Admission admission = co_await admit(call, link, track, state.patience());
      if (Error* refused = std::get_if<Error>(&admission)) co_return std::move(*refused);
      permit.emplace(std::move(std::get<Endpoint::Permit>(admission)));
      now = call.scheduler.steady_now();
    }
    if (last && state.is_late(now)) {
      permit->unused();
      co_return std::move(*last);
    }
    if (std::optional<Error> objection = state.objection(now)) {
      permit->unused();
      if (last) co_return std::move(*last);
      co_return std::move(*objection);
    }
    const AttemptContext next = state.next_attempt(now);
    Outcome outcome = co_await attempt_once(call, link, track, next);
    state.settle(*permit, outcome);
    // Before others may pass: the gate may close, or the breaker open.
    const std::optional<Time> until = state.again(outcome);
    permit.reset();
    if (!until) co_return outcome;
    last.emplace(std::move(outcome));
    if (*until > call.scheduler.steady_now()) {
      Pause pause(call.scheduler, track.cancel, *until);
      co_await pause.over();
    }
  }
}

}  // namespace antiphon::inline v0::pipeline
