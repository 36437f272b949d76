#pragma once

#include <chrono>
#include <optional>
#include <set>

#include <antiphon/error.hpp>

namespace antiphon::inline v0 {

/// Which failures are tried again, how often, and after what wait.
///
/// A wait is the provider's own (`Retry-After` in all its forms, hints in bodies; 0 means now) or else drawn at random
/// between zero and `initial_delay · backoff_factor^n`, at most `max_delay`. Nothing is tried again once a piece of the
/// answer was handed out, when the provider says `x-should-retry: false`, or when the wait would last beyond the
/// deadline. `x-should-retry: true` has any failure tried again.
///
/// As one link of several (`FallbackProvider`), while another is left: a provider that cannot be reached, or that ran
/// into a timeout, is left at once. Only a lost connection is tried again, once and without a wait.
///
/// A 429 or an overload makes all callers of that provider with that key wait, and lets them in again one by one, then
/// more and more. Wrong values throw `Error{invalid_config}` that names the field when the provider is created.
class RetryConfig {
 public:
  using Duration = std::chrono::milliseconds;

  /// Attempts in all, the first one counted; at least 1, which means no retry. Default 3.
  RetryConfig& max_attempts(int value) { return max_attempts_ = value, *this; }
  /// Greatest wait before the second attempt, more than zero. Default 500 ms.
  RetryConfig& initial_delay(Duration value) { return initial_delay_ = value, *this; }
  /// By how much each further wait may be longer, at least 1. Default 2.
  RetryConfig& backoff_factor(double value) { return backoff_factor_ = value, *this; }
  /// Upper limit of the random waits, at least `initial_delay`. Default 8 s.
  RetryConfig& max_delay(Duration value) { return max_delay_ = value, *this; }
  /// A provider that asks for a longer wait is not asked again: the call fails, and its error says how long to wait.
  /// Default 60 s.
  RetryConfig& max_retry_after(Duration value) { return max_retry_after_ = value, *this; }
  /// No attempt after the first begins later than this after the call came to this provider; more than zero. An attempt
  /// that runs is not cut short: that is what `Options::deadline` does. Default: none.
  RetryConfig& deadline(Duration value) { return deadline_ = value, *this; }
  /// Retries may be this share of the last half minute's calls to the same provider with the same key, and ten besides,
  /// so that an outage is not made worse; 0 to 1, where 1 means no limit. What was not tried again for that is a
  /// warning. Default 0.2.
  RetryConfig& budget(double share) { return budget_ = share, *this; }
  /// This kind of failure is tried again as well.
  RetryConfig& retry_on(ErrorKind kind) { return kinds_.insert(kind), *this; }
  /// This kind of failure is not tried again.
  RetryConfig& never_on(ErrorKind kind) { return kinds_.erase(kind), *this; }

  int max_attempts() const { return max_attempts_; }
  Duration initial_delay() const { return initial_delay_; }
  double backoff_factor() const { return backoff_factor_; }
  Duration max_delay() const { return max_delay_; }
  Duration max_retry_after() const { return max_retry_after_; }
  const std::optional<Duration>& deadline() const { return deadline_; }
  double budget() const { return budget_; }
  /// Default: dns, connection, timeout (408 among it), truncated, protocol, conflict (409), rate_limited (429),
  /// overloaded (503, 529), server_error (any other 5xx). Not among them: quota_exceeded, although some say it with
  /// 429.
  const std::set<ErrorKind>& kinds() const { return kinds_; }

  friend bool operator==(const RetryConfig&, const RetryConfig&) = default;

 private:
  int max_attempts_ = 3;
  Duration initial_delay_{500};
  double backoff_factor_ = 2;
  Duration max_delay_{8000};
  Duration max_retry_after_{60'000};
  std::optional<Duration> deadline_;
  double budget_ = 0.2;
  std::set<ErrorKind> kinds_{ErrorKind::dns,          ErrorKind::connection, ErrorKind::timeout,
                             ErrorKind::truncated,    ErrorKind::protocol,   ErrorKind::conflict,
                             ErrorKind::rate_limited, ErrorKind::overloaded, ErrorKind::server_error};
};

}  // namespace antiphon::inline v0
