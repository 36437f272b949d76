#include "pipeline/retry.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/attempt.hpp"
#include "pipeline/limit.hpp"
#include "pipeline/pause.hpp"
#include "pipeline/retry_decision.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

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
    case ErrorKind::protocol: return true;
    default: return false;
  }
}

bool asks_everybody_to_wait(ErrorKind kind) {
  return kind == ErrorKind::rate_limited || kind == ErrorKind::overloaded;
}

void log_wait(Call& call, const Link& link, const Error& error, std::chrono::nanoseconds wait) {
  if (!call.logging(link)) return;
  LogRecord record(LogLevel::info, "retry.wait");
  record.time(call.scheduler.wall_now()).field("provider", link.name);
  record.field("error", std::string(to_string(error.kind())));
  record.field("wait_ms", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(wait).count()));
  call.log(link, record);
}

double tokens_used(const Usage& usage) { return static_cast<double>(usage.total_tokens().at_least()); }

/// One link's attempts.
class Retry {
 public:
  Retry(Call& call, const Link& link, Track& track, const RetryContext& context)
      : call_(call), link_(link), track_(track), context_(context), config_(link.config.retry_config()) {}

  std::chrono::nanoseconds patience() const {
    const std::chrono::nanoseconds most = config_.max_retry_after();
    return context_.longest_wait ? std::min(most, *context_.longest_wait) : most;
  }

  AttemptContext next_attempt() {
    if (attempts_ == 0) link_.endpoint->budget.called(call_.scheduler.steady_now());
    AttemptContext next;
    next.first = attempts_++ == 0;
    next.first_content_within = context_.first_content_within;
    if (waiting_since_) next.waited = call_.scheduler.steady_now() - *waiting_since_;
    return next;
  }

  void settle(Endpoint::Permit& permit, const Outcome& outcome) {
    if (outcome && outcome->usage().known()) permit.used(tokens_used(outcome->usage()));
  }

  void wait_begins() {
    if (!waiting_since_) waiting_since_ = call_.scheduler.steady_now();
  }

  /// Until when to wait before the next attempt; nothing when there is none.
  std::optional<std::chrono::steady_clock::time_point> again(const Outcome& outcome) {
    waiting_since_.reset();
    if (outcome) return std::nullopt;
    const Error& error = outcome.error();
    const auto now = call_.scheduler.steady_now();
    if (is_ill_health(error.kind())) {
      const CircuitBreakerConfig& breaker =
          call_.settings.fallback ? call_.settings.fallback->circuit_breaker() : default_breaker_;
      link_.endpoint->breaker.failed(now, context_.trial, breaker);
    }
    if (track_.cancel.reason()) return std::nullopt;
    if (has_other_credentials(error)) return now;

    FailedAttempt failed{.error = error,
                         .attempts = attempts_ - free_attempts_,
                         .delivered = track_.delivered,
                         .chance = call_.random.fraction(),
                         .longest_wait = context_.longest_wait};
    if (call_.deadline) failed.time_left = *call_.deadline - now;
    const std::chrono::nanoseconds wait = decide_wait(config_, failed);
    if (asks_everybody_to_wait(error.kind())) link_.endpoint->close_gate(call_.scheduler, wait);
    if (!decide_retry(config_, failed, wait) || better_left(error)) return std::nullopt;
    if (context_.longest_wait && !link_.endpoint->breaker.passable(now)) return std::nullopt;
    if (!link_.endpoint->budget.take(now, config_.budget())) {
      call_.warnings.emplace_back("retry_config.budget", "too many retries lately: this failure was not tried again");
      return std::nullopt;
    }
    log_wait(call_, link_, error, wait);
    waiting_since_ = now;
    return now + wait;
  }

 private:
  /// Once: a token may have expired between two looks at the clock.
  bool has_other_credentials(const Error& error) {
    const int status = error.http_status();
    if ((status != 401 && status != 403) || free_attempts_ != 0 || track_.delivered) return false;
    if (!link_.authenticator || !link_.authenticator->rejected_with(error, track_.authorized_at)) return false;
    ++free_attempts_;
    return true;
  }

  /// While another link is left, nobody tries again who is not there, or who was given so long and no longer.
  bool better_left(const Error& error) const {
    if (!context_.longest_wait) return false;
    return !track_.reached || (context_.first_content_within && error.where() == "timeouts.first_content");
  }

  static inline const CircuitBreakerConfig default_breaker_{};

  Call& call_;
  const Link& link_;
  Track& track_;
  RetryContext context_;
  const RetryConfig& config_;
  int attempts_ = 0;
  int free_attempts_ = 0;
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;
};

}  // namespace

Task<Outcome> retry(Call& call, const Link& link, Track& track, RetryContext context) {
  Retry state(call, link, track, context);
  for (;;) {
    if (track.cancel.reason()) co_return *track.cancel.reason();
    std::optional<Endpoint::Permit> permit = admit_at_once(call, link, track);
    if (!permit) {
      state.wait_begins();
      Admission admission = co_await admit(call, link, track, state.patience());
      if (Error* refused = std::get_if<Error>(&admission)) co_return std::move(*refused);
      permit.emplace(std::move(std::get<Endpoint::Permit>(admission)));
    }
    Outcome outcome = co_await attempt(call, link, track, state.next_attempt());
    state.settle(*permit, outcome);
    permit.reset();
    const auto until = state.again(outcome);
    if (!until) co_return outcome;
    if (*until > call.scheduler.steady_now()) {
      Pause pause(call.scheduler, track.cancel, *until);
      co_await pause.over();
    }
  }
}

}  // namespace antiphon::inline v0::pipeline
