#include <antiphon/retry.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct RetryConfig::Body {
  int max_attempts = 3;
  Duration initial_delay{500};
  double backoff_factor = 2;
  Duration max_delay{8000};
  Duration max_retry_after{60'000};
  std::optional<Duration> deadline;
  double budget = 0.2;
  std::set<ErrorKind> kinds{ErrorKind::dns,          ErrorKind::connection, ErrorKind::timeout,
                            ErrorKind::truncated,    ErrorKind::protocol,   ErrorKind::conflict,
                            ErrorKind::rate_limited, ErrorKind::overloaded, ErrorKind::server_error};

  bool operator==(const Body&) const = default;
};

template class detail::Hidden<RetryConfig::Body>;

RetryConfig& RetryConfig::max_attempts(int value) { return body_.edit().max_attempts = value, *this; }
RetryConfig& RetryConfig::initial_delay(Duration value) { return body_.edit().initial_delay = value, *this; }
RetryConfig& RetryConfig::backoff_factor(double value) { return body_.edit().backoff_factor = value, *this; }
RetryConfig& RetryConfig::max_delay(Duration value) { return body_.edit().max_delay = value, *this; }
RetryConfig& RetryConfig::max_retry_after(Duration value) { return body_.edit().max_retry_after = value, *this; }
RetryConfig& RetryConfig::deadline(Duration value) { return body_.edit().deadline = value, *this; }
RetryConfig& RetryConfig::budget(double share) { return body_.edit().budget = share, *this; }
RetryConfig& RetryConfig::retry_on(ErrorKind kind) { return body_.edit().kinds.insert(kind), *this; }
RetryConfig& RetryConfig::never_on(ErrorKind kind) { return body_.edit().kinds.erase(kind), *this; }
int RetryConfig::max_attempts() const { return body_.read().max_attempts; }
RetryConfig::Duration RetryConfig::initial_delay() const { return body_.read().initial_delay; }
double RetryConfig::backoff_factor() const { return body_.read().backoff_factor; }
RetryConfig::Duration RetryConfig::max_delay() const { return body_.read().max_delay; }
RetryConfig::Duration RetryConfig::max_retry_after() const { return body_.read().max_retry_after; }
const std::optional<RetryConfig::Duration>& RetryConfig::deadline() const { return body_.read().deadline; }
double RetryConfig::budget() const { return body_.read().budget; }
const std::set<ErrorKind>& RetryConfig::kinds() const { return body_.read().kinds; }
bool RetryConfig::operator==(const RetryConfig& other) const { return body_.read() == other.body_.read(); }

}  // namespace antiphon::inline v0
