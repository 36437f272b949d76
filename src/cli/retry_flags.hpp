#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/model_config.hpp>

#include "command_line.hpp"

namespace antiphon::cli {

/// What is tried again, how often and after what wait: `RetryConfig`.
class RetryFlags {
 public:
  void declare(CommandLine& line);
  /// Throws `UsageError`.
  void apply(ModelConfig& config) const;

 private:
  std::optional<std::int64_t> max_attempts_;
  std::optional<std::chrono::nanoseconds> initial_delay_;
  std::optional<double> backoff_factor_;
  std::optional<std::chrono::nanoseconds> max_delay_;
  std::optional<std::chrono::nanoseconds> max_retry_after_;
  std::optional<std::chrono::nanoseconds> deadline_;
  std::optional<double> budget_;
  std::vector<std::string> retry_on_;
  std::vector<std::string> never_on_;
};

}  // namespace antiphon::cli
