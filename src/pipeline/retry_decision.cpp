#include "pipeline/retry_decision.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace antiphon::inline v0::pipeline {

namespace {

/// While somebody else can be asked, nobody tries again who is not there or keeps silent. Only a lost connection is
/// tried again, at once and once: it may have been an old one.
bool goes_elsewhere(const FailedAttempt& failed) {
  if (!failed.longest_wait) return false;
  if (!failed.reached) return true;
  const Error& error = failed.error;
  if (error.kind() == ErrorKind::connection) return failed.attempts > 1;
  constexpr int request_timeout = 408;
  return error.kind() == ErrorKind::timeout && error.http_status() != request_timeout;
}

/// What no second attempt changes, whatever a proxy in between says: only the user can want one.
bool is_final(ErrorKind kind) {
  return kind == ErrorKind::quota_exceeded || kind == ErrorKind::authentication || kind == ErrorKind::permission;
}

}  // namespace

std::chrono::nanoseconds decide_wait(const RetryConfig& config, const FailedAttempt& failed) {
  if (failed.error.retry_after()) return *failed.error.retry_after();
  if (failed.longest_wait && failed.error.kind() == ErrorKind::connection) return {};
  using Milliseconds = std::chrono::duration<double, std::milli>;
  const double growth = std::pow(config.backoff_factor(), failed.attempts - 1);
  const double most =
      std::min(Milliseconds(config.max_delay()).count(), Milliseconds(config.initial_delay()).count() * growth);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Milliseconds(most * failed.chance));
}

bool decide_retry(const RetryConfig& config, const FailedAttempt& failed, std::chrono::nanoseconds wait) {
  const Error& error = failed.error;
  if (failed.delivered || failed.attempts >= config.max_attempts()) return false;
  if (!error.should_retry().value_or(config.kinds().contains(error.kind()))) return false;
  if (goes_elsewhere(failed)) return false;
  if (error.retry_after() && wait > config.max_retry_after()) return false;
  if (error.retry_after() && failed.longest_wait && wait > *failed.longest_wait) return false;
  if (is_final(error.kind()) && !config.kinds().contains(error.kind())) return false;
  return !failed.time_left || wait < *failed.time_left;
}

void check(const RetryConfig& config) {
  const auto require = [](bool good, const char* name, const char* what) {
    if (!good) throw Error(ErrorKind::invalid_config, what).where(std::string("retry_config.") + name);
  };
  using std::chrono_literals::operator""ms;
  require(config.max_attempts() >= 1, "max_attempts", "must be at least 1, which means no retry");
  require(config.initial_delay() > 0ms, "initial_delay", "must be longer than zero");
  require(config.backoff_factor() >= 1 && std::isfinite(config.backoff_factor()), "backoff_factor",
          "must be a number of at least 1");
  require(config.max_delay() >= config.initial_delay(), "max_delay", "must not be shorter than initial_delay");
  require(config.max_retry_after() >= 0ms, "max_retry_after", "must not be negative");
  require(!config.deadline() || *config.deadline() > 0ms, "deadline", "must be longer than zero");
  require(config.budget() >= 0 && config.budget() <= 1, "budget", "must be from 0 to 1");
  for (const ErrorKind kind : {ErrorKind::cancelled, ErrorKind::deadline_exceeded}) {
    require(!config.kinds().contains(kind), "retry_on", "what was cancelled or is out of time cannot be tried again");
  }
}

}  // namespace antiphon::inline v0::pipeline
