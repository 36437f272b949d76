#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/config.hpp>
#include <antiphon/fallback.hpp>

#include "command_line.hpp"
#include "model_flag.hpp"

namespace antiphon::cli {

/// Who is asked when a provider fails, and when it has: `FallbackConfig`.
class FallbackFlags {
 public:
  void declare(CommandLine& line);
  /// `first`, with the providers of `--fallback` behind it; of a chain, what it says of itself with these flags over
  /// it. `change` is what other flags say of each model. Throws `UsageError` and `Error`.
  Provider provider(const ChosenModel& first, const ProviderOptions& options, const Config::Change& change) const;

 private:
  void refuse_without_fallback() const;
  Provider chain(const ChosenModel& chain, const ProviderOptions& options, const Config::Change& change) const;
  void apply(FallbackConfig& chain) const;
  void apply(FallbackLink& link, std::size_t index) const;
  void check_counts(std::size_t providers) const;

  std::vector<std::string> fallbacks_;
  std::optional<std::string> strategy_;
  std::optional<std::chrono::nanoseconds> max_wait_;
  std::optional<std::chrono::nanoseconds> hedge_;
  std::optional<std::int64_t> breaker_failures_;
  std::optional<std::chrono::nanoseconds> breaker_rest_;
  std::optional<std::chrono::nanoseconds> breaker_max_rest_;
  std::vector<std::string> leave_on_;
  std::vector<std::string> stay_on_;
  std::optional<std::chrono::nanoseconds> first_content_within_;
  std::vector<double> weights_;
  std::vector<double> input_prices_;
  std::vector<double> output_prices_;
  std::vector<double> context_windows_;
};

/// Who is asked next, and where, when that was said.
struct FallbackName {
  std::string name;
  std::string base_url;
};

/// Takes `PROVIDER/MODEL[@URL]` or `NAME[@URL]` apart.
FallbackName parse_fallback(const std::string& text);

}  // namespace antiphon::cli
