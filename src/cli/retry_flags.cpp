#include "retry_flags.hpp"

#include "flag_values.hpp"

namespace antiphon::cli {

void RetryFlags::declare(CommandLine& line) {
  line.group("Trying again");
  line.integer("--max-attempts", max_attempts_, "N", "How often a provider is asked before it has failed (default: 3)");
  line.duration("--initial-delay", initial_delay_, std::nullopt,
                "Longest wait before the second time (default: 500ms)");
  line.number("--backoff-factor", backoff_factor_, "X", "By how much each further wait may be longer (default: 2)");
  line.duration("--max-delay", max_delay_, std::nullopt, "Longest wait of our own choosing (default: 8s)");
  line.duration_or_none("--max-retry-after", max_retry_after_,
                        "Longest wait that a provider may ask for before it has failed (default: 1m)");
  line.duration("--retry-deadline", deadline_, std::nullopt, "Ask no provider again after this (default: none)");
  line.number("--retry-budget", budget_, "X", "How much of the recent calls may be repeated, 0 to 1 (default: 0.2)");
  line.texts("--retry-on", retry_on_, "KIND", "Try again on this kind of error too, such as not_found");
  line.texts("--never-on", never_on_, "KIND", "Do not try again on this kind of error");
}

void RetryFlags::apply(ModelConfig& config) const {
  RetryConfig retry = config.retry_config();
  if (max_attempts_) retry.max_attempts(count_of("--max-attempts", *max_attempts_));
  if (initial_delay_) retry.initial_delay(whole_milliseconds(*initial_delay_));
  if (backoff_factor_) retry.backoff_factor(*backoff_factor_);
  if (max_delay_) retry.max_delay(whole_milliseconds(*max_delay_));
  if (max_retry_after_) retry.max_retry_after(whole_milliseconds(*max_retry_after_));
  if (deadline_) retry.deadline(whole_milliseconds(*deadline_));
  if (budget_) retry.budget(*budget_);
  for (const ErrorKind kind : error_kinds("--retry-on", retry_on_)) retry.retry_on(kind);
  for (const ErrorKind kind : error_kinds("--never-on", never_on_)) retry.never_on(kind);
  config.retry_config(retry);
}

}  // namespace antiphon::cli
