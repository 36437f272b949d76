#include "limit_flags.hpp"

namespace antiphon::cli {

void LimitFlags::declare(CommandLine& line) {
  line.group("Limits of a provider");
  line.integer("--max-concurrent", max_concurrent_, "N", "Have no more than this under way at a time");
  line.integer("--requests-per-minute", requests_per_minute_, "N", "Send no more than this");
  line.integer("--tokens-per-minute", tokens_per_minute_, "N", "Send and receive no more than this");
}

void LimitFlags::apply(ModelConfig& config) const {
  Limits limits = config.limits();
  if (max_concurrent_) limits.max_concurrent(*max_concurrent_);
  if (requests_per_minute_) limits.requests_per_minute(*requests_per_minute_);
  if (tokens_per_minute_) limits.tokens_per_minute(*tokens_per_minute_);
  config.limits(limits);
}

}  // namespace antiphon::cli
