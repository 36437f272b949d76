#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/engine.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/options.hpp>
#include <antiphon/provider.hpp>

#include "command_line.hpp"
#include "model_flag.hpp"

namespace antiphon::cli {

/// The flags for the bad day: retry, limits, other providers, going on after a cut.
class ReliabilityFlags {
 public:
  void declare(CommandLine& line);
  /// Those that are not about streams.
  void declare_without_streams(CommandLine& line);
  /// Retry and limits. Throws `UsageError`.
  void apply(ModelConfig& config) const;
  /// Throws `UsageError`.
  void apply(Options& options) const;
  /// `first`, with the providers of `--fallback` behind it. Throws `Error`.
  Provider provider(const ChosenModel& first, const Engine& engine, ProviderOptions options) const;

 private:
  std::optional<std::int64_t> max_attempts_;
  std::vector<std::string> fallbacks_;
  std::optional<std::chrono::nanoseconds> hedge_;
  std::optional<std::string> continue_with_;
  std::optional<std::int64_t> requests_per_minute_;
  std::optional<std::int64_t> tokens_per_minute_;
};

/// Who is asked next, and where, when that was said.
struct FallbackName {
  std::string name;
  std::string base_url;
};

/// Takes `PROVIDER/MODEL[@URL]` or `NAME[@URL]` apart.
FallbackName parse_fallback(const std::string& text);

}  // namespace antiphon::cli
