#pragma once

#include <chrono>
#include <optional>

#include <antiphon/error.hpp>
#include <antiphon/retry.hpp>

namespace antiphon::inline v0::pipeline {

/// What is known when an attempt has failed.
struct FailedAttempt {
  const Error& error;
  int attempts = 1;                                        ///< made so far
  bool reached = true;                                     ///< the last one got as far as a connection
  bool delivered = false;                                  ///< a piece of the answer was handed out
  double chance = 0;                                       ///< drawn from [0, 1)
  std::optional<std::chrono::nanoseconds> time_left = {};  ///< to the deadline
  /// Set while somebody else can be asked: the longest wait that the provider may want.
  std::optional<std::chrono::nanoseconds> longest_wait = {};
};

/// How long to wait before the next attempt: what the provider asks for, else a random time that may grow.
std::chrono::nanoseconds decide_wait(const RetryConfig& config, const FailedAttempt& failed);

/// Whether another attempt makes sense after that wait. The budget is asked apart.
bool decide_retry(const RetryConfig& config, const FailedAttempt& failed, std::chrono::nanoseconds wait);

/// Throws `Error{invalid_config}` that names the field.
void check(const RetryConfig& config);

}  // namespace antiphon::inline v0::pipeline
