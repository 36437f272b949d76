#include "reliability_flags.hpp"

#include <algorithm>
#include <limits>

#include <antiphon/fallback.hpp>

#include "usage_error.hpp"

namespace antiphon::cli {

void ReliabilityFlags::declare(CommandLine& line) {
  declare_without_streams(line);
  line.text("--continue-with", continue_with_, "same|next",
            "Who goes on with an answer that was cut (default: nobody)");
}

void ReliabilityFlags::declare_without_streams(CommandLine& line) {
  line.integer("--max-attempts", max_attempts_, "N", "How often a provider is asked before it has failed (default: 3)");
  line.texts(
      "--fallback", fallbacks_, "PROVIDER/MODEL[@URL]",
      "Who is asked when those before have failed, cannot be reached or ask for a wait of over 2s; a name of the "
      "configuration too");
  line.duration("--hedge", hedge_, std::nullopt, "Ask the next provider too when the first says nothing for so long");
  line.integer("--requests-per-minute", requests_per_minute_, "N", "Send no more than this");
  line.integer("--tokens-per-minute", tokens_per_minute_, "N", "Send and receive no more than this");
}

void ReliabilityFlags::apply(ModelConfig& config) const {
  if (max_attempts_) {
    if (*max_attempts_ < 1 || *max_attempts_ > std::numeric_limits<int>::max()) {
      throw UsageError("--max-attempts: expected a number of at least 1");
    }
    RetryConfig retry = config.retry_config();
    config.retry_config(retry.max_attempts(static_cast<int>(*max_attempts_)));
  }
  Limits limits = config.limits();
  if (requests_per_minute_) limits.requests_per_minute(*requests_per_minute_);
  if (tokens_per_minute_) limits.tokens_per_minute(*tokens_per_minute_);
  config.limits(limits);
}

void ReliabilityFlags::apply(Options& options) const {
  if (!continue_with_) return;
  if (*continue_with_ != "same" && *continue_with_ != "next") {
    throw UsageError("--continue-with: expected same or next, got \"" + *continue_with_ + "\"");
  }
  options.continue_with(*continue_with_ == "same" ? Continuation::same : Continuation::next);
}

Provider ReliabilityFlags::provider(const ChosenModel& first, const Engine& engine, ProviderOptions options) const {
  options.engine(engine);
  const auto change = [this](ModelConfig& model) { apply(model); };
  if (fallbacks_.empty()) {
    if (hedge_) throw UsageError("--hedge: there is no --fallback to ask beside the first");
    return first.create(options, change);
  }
  if (first.is_chain())
    throw UsageError("--fallback: " + first.name() + " is a chain already; it says who is asked next");
  // Who watches the call watches it once, not each link again.
  const ProviderOptions bare = ProviderOptions().engine(engine);
  FallbackConfig chain;
  chain.link(first.create(bare, change));
  for (const std::string& text : fallbacks_) {
    const FallbackName fallback = parse_fallback(text);
    chain.link(first.create_other(fallback.name, bare, [&](ModelConfig& model) {
      if (!fallback.base_url.empty()) model.base_url(fallback.base_url);
      apply(model);
    }));
  }
  if (hedge_) {
    const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(*hedge_);
    chain.hedge(HedgeConfig().delay(std::max(delay, std::chrono::milliseconds(1))));
  }
  return FallbackProvider(chain, options);
}

FallbackName parse_fallback(const std::string& text) {
  // A model's name may hold an @ as well.
  const std::size_t at = std::min(text.find("@http://"), text.find("@https://"));
  if (at == std::string::npos && text.find("://") != std::string::npos) {
    throw UsageError("--fallback: expected PROVIDER/MODEL@URL with a URL of http:// or https://, got \"" + text + "\"");
  }
  FallbackName fallback;
  fallback.name = text.substr(0, at);
  if (at != std::string::npos) fallback.base_url = text.substr(at + 1);
  return fallback;
}

}  // namespace antiphon::cli
