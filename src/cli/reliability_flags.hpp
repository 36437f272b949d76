#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <antiphon/engine.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/options.hpp>
#include <antiphon/provider.hpp>

#include "command_line.hpp"
#include "fallback_flags.hpp"
#include "limit_flags.hpp"
#include "model_flag.hpp"
#include "retry_flags.hpp"

namespace antiphon::cli {

/// The flags for the bad day: retry, limits, other providers, going on after a cut.
class ReliabilityFlags {
 public:
  void declare(CommandLine& line);
  /// Those that are about no single call: for commands that make several.
  void declare_without_calls(CommandLine& line);
  /// Throws `UsageError`.
  void apply(Options& options) const;
  /// `first`, with the providers of `--fallback` behind it. Throws `UsageError` and `Error`.
  Provider provider(const ChosenModel& first, const Engine& engine, ProviderOptions options) const;

 private:
  RetryFlags retry_;
  LimitFlags limits_;
  FallbackFlags fallback_;
  std::optional<std::string> continue_with_;
  std::optional<std::chrono::nanoseconds> deadline_;
};

}  // namespace antiphon::cli
