#pragma once

#include <chrono>
#include <optional>
#include <set>

#include <antiphon/error.hpp>
#include <antiphon/export.hpp>
#include <antiphon/hidden.hpp>

namespace antiphon::inline v0 {

/// Which failures are tried again, how often, and after what wait.
///
/// A wait is the provider's own (`Retry-After` in all its forms, hints in bodies; 0 means now) or else drawn at random
/// between zero and `initial_delay · backoff_factor^n`, at most `max_delay`. Nothing is tried again once a piece of the
/// answer was handed out, when the provider says `x-should-retry: false`, or when the wait would last beyond the
/// deadline. `x-should-retry: true` has any failure tried again but authentication, permission and quota_exceeded.
///
/// As one link of several (`FallbackProvider`), while another is left: a provider that cannot be reached, or that ran
/// into a timeout, is left at once. Only a lost connection is tried again, once and without a wait.
///
/// A 429 or an overload makes all callers of that provider with that key wait, and lets them in again one by one, then
/// more and more. Wrong values throw `Error{invalid_config}` that names the field when the provider is created.
class ANTIPHON_EXPORT RetryConfig {
 public:
  using Duration = std::chrono::milliseconds;

  /// Attempts in all, the first one counted; at least 1, which means no retry. Default 3.
  RetryConfig& max_attempts(int value);
  /// Greatest wait before the second attempt, more than zero. Default 500 ms.
  RetryConfig& initial_delay(Duration value);
  /// By how much each further wait may be longer, at least 1. Default 2.
  RetryConfig& backoff_factor(double value);
  /// Upper limit of the random waits, at least `initial_delay`. Default 8 s.
  RetryConfig& max_delay(Duration value);
  /// A provider that asks for a longer wait is not asked again: the call fails, and its error says how long to wait.
  /// Default 60 s.
  RetryConfig& max_retry_after(Duration value);
  /// No attempt after the first begins later than this after the call came to this provider; more than zero. An attempt
  /// that runs is not cut short: that is what `Options::deadline` does. Default: none.
  RetryConfig& deadline(Duration value);
  /// Retries may be this share of the last half minute's calls to the same provider with the same key, and ten besides,
  /// so that an outage is not made worse; 0 to 1, where 1 means no limit. What was not tried again for that is a
  /// warning. Default 0.2.
  RetryConfig& budget(double share);
  /// This kind of failure is tried again as well.
  RetryConfig& retry_on(ErrorKind kind);
  /// This kind of failure is not tried again.
  RetryConfig& never_on(ErrorKind kind);

  int max_attempts() const;
  Duration initial_delay() const;
  double backoff_factor() const;
  Duration max_delay() const;
  Duration max_retry_after() const;
  const std::optional<Duration>& deadline() const;
  double budget() const;
  /// Default: dns, connection, timeout (408 among it), truncated, protocol, conflict (409), rate_limited (429),
  /// overloaded (503, 529), server_error (any other 5xx). Not among them: quota_exceeded, although some say it with
  /// 429.
  const std::set<ErrorKind>& kinds() const;

  bool operator==(const RetryConfig& other) const;

 private:
  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<RetryConfig::Body>;

}  // namespace antiphon::inline v0
