#include "fallback_flags.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "flag_values.hpp"
#include "suggestion.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr std::pair<const char*, FallbackStrategy> strategies[] = {
    {"ordered", FallbackStrategy::ordered},
    {"weighted", FallbackStrategy::weighted},
    {"lowest_latency", FallbackStrategy::lowest_latency},
    {"cheapest", FallbackStrategy::cheapest},
};

FallbackStrategy parse_strategy(const std::string& text) {
  std::vector<std::string> names;
  for (const auto& [name, strategy] : strategies) {
    if (text == name) return strategy;
    names.emplace_back(name);
  }
  throw UsageError("--strategy: expected ordered, weighted, lowest_latency or cheapest, got \"" + text + "\"" +
                   did_you_mean(text, names));
}

/// As the file's key takes it: a whole number.
std::int64_t whole(double number) {
  if (number < 1 || number > 1e15 || std::floor(number) != number) {
    throw UsageError("--context-window: expected a whole number of at least 1");
  }
  return static_cast<std::int64_t>(number);
}

}  // namespace

void FallbackFlags::declare(CommandLine& line) {
  line.group("Other providers");
  line.texts(
      "--fallback", fallbacks_, "PROVIDER/MODEL[@URL]",
      "Who is asked when those before have failed, cannot be reached or ask for a wait of over 2s; a name of the "
      "configuration too");
  line.text("--strategy", strategy_, "ordered|weighted|lowest_latency|cheapest",
            "In which order they are asked (default: ordered)");
  line.duration_or_none("--max-wait", max_wait_, "Leave one that asks for a longer wait than this (default: 2s)");
  line.duration("--hedge", hedge_, std::nullopt, "Ask the next provider too when the first says nothing for so long");
  line.integer("--breaker-failures", breaker_failures_, "N",
               "Leave one out that failed so often in a row (default: 5; matters to conversations)");
  line.duration("--breaker-rest", breaker_rest_, std::nullopt, "For how long at first (default: 10s)");
  line.duration("--breaker-max-rest", breaker_max_rest_, std::nullopt, "And at most (default: 5m)");
  line.texts("--leave-on", leave_on_, "KIND", "Ask the next one on this kind of error too, such as invalid_request");
  line.texts("--stay-on", stay_on_, "KIND", "Do not ask the next one on this kind of error");
  line.duration("--first-content-within", first_content_within_, std::nullopt,
                "Leave one that says nothing for so long, except the last (default: off)");
  constexpr const char* order = "; once for each provider, -m first";
  line.numbers("--weight", weights_, "X", std::string("For --strategy weighted: how often it is first") + order);
  line.numbers("--input-price", input_prices_, "X",
               std::string("For --strategy cheapest: of a million tokens") + order);
  line.numbers("--output-price", output_prices_, "X", "The same for answers");
  line.numbers("--context-window", context_windows_, "N",
               std::string("Of how many tokens: one no larger is skipped when a prompt was too long") + order);
}

void FallbackFlags::refuse_without_fallback() const {
  if (hedge_) throw UsageError("--hedge: there is no --fallback to ask beside the first");
  const std::pair<const char*, bool> flags[] = {
      {"--strategy", strategy_.has_value()},
      {"--max-wait", max_wait_.has_value()},
      {"--breaker-failures", breaker_failures_.has_value()},
      {"--breaker-rest", breaker_rest_.has_value()},
      {"--breaker-max-rest", breaker_max_rest_.has_value()},
      {"--leave-on", !leave_on_.empty()},
      {"--stay-on", !stay_on_.empty()},
      {"--first-content-within", first_content_within_.has_value()},
      {"--weight", !weights_.empty()},
      {"--input-price", !input_prices_.empty()},
      {"--output-price", !output_prices_.empty()},
      {"--context-window", !context_windows_.empty()},
  };
  for (const auto& [flag, given] : flags) {
    if (given) throw UsageError(std::string(flag) + ": there is no --fallback that it could be about");
  }
}

/// No number is lost, and none stands for a provider that is not there.
void FallbackFlags::check_counts(std::size_t providers) const {
  const auto check = [&](const char* flag, std::size_t count) {
    if (count <= providers) return;
    throw UsageError(std::string(flag) + ": given " + std::to_string(count) + " times for " +
                     std::to_string(providers) + " providers");
  };
  check("--weight", weights_.size());
  check("--input-price", input_prices_.size());
  check("--context-window", context_windows_.size());
  if (input_prices_.size() != output_prices_.size()) {
    throw UsageError("--input-price and --output-price: a provider has both or none");
  }
}

void FallbackFlags::apply(FallbackConfig& chain) const {
  if (strategy_) chain.strategy(parse_strategy(*strategy_));
  if (max_wait_) chain.max_wait(whole_milliseconds(*max_wait_));
  if (hedge_) chain.hedge(HedgeConfig().delay(whole_milliseconds(*hedge_)));
  if (!breaker_failures_ && !breaker_rest_ && !breaker_max_rest_) return;
  CircuitBreakerConfig breaker = chain.circuit_breaker();
  if (breaker_failures_) {
    const auto most = static_cast<std::int64_t>(std::numeric_limits<int>::max());
    breaker.failures(static_cast<int>(std::clamp<std::int64_t>(*breaker_failures_, 0, most)));
  }
  if (breaker_rest_) breaker.rest(whole_milliseconds(*breaker_rest_));
  if (breaker_max_rest_) breaker.max_rest(whole_milliseconds(*breaker_max_rest_));
  chain.circuit_breaker(breaker);
}

void FallbackFlags::apply(FallbackLink& link, std::size_t index) const {
  for (const ErrorKind kind : error_kinds("--leave-on", leave_on_)) link.leave_on(kind);
  for (const ErrorKind kind : error_kinds("--stay-on", stay_on_)) link.stay_on(kind);
  if (first_content_within_) link.first_content_within(whole_milliseconds(*first_content_within_));
  if (index < weights_.size()) link.weight(weights_[index]);
  if (index < input_prices_.size()) link.price(input_prices_[index], output_prices_[index]);
  if (index < context_windows_.size()) link.context_window(whole(context_windows_[index]));
}

Provider FallbackFlags::chain(const ChosenModel& chain, const ProviderOptions& options,
                              const Config::Change& change) const {
  check_counts(chain.models());
  std::size_t index = 0;
  ConfigChanges changes = ConfigChanges().model(change);
  changes.chain([this](FallbackConfig& config) { apply(config); });
  changes.link([this, &index](FallbackLink& link) { apply(link, index++); });
  return chain.create(options, changes);
}

Provider FallbackFlags::provider(const ChosenModel& first, const ProviderOptions& options,
                                 const Config::Change& change) const {
  const ConfigChanges changes = ConfigChanges().model(change);
  if (fallbacks_.empty()) {
    if (first.is_chain()) return chain(first, options, change);
    refuse_without_fallback();
    return first.create(options, changes);
  }
  if (first.is_chain()) {
    throw UsageError("--fallback: " + first.name() + " is a chain already; it says who is asked next");
  }
  check_counts(fallbacks_.size() + 1);
  FallbackConfig config;
  apply(config);
  const auto add = [&](FallbackLink link) {
    apply(link, config.links().size());
    config.link(std::move(link));
  };
  // Who watches the call watches it once, not each link again.
  const ProviderOptions bare = ProviderOptions().engine(options.engine());
  add(first.create(bare, changes));
  for (const std::string& text : fallbacks_) {
    const FallbackName fallback = parse_fallback(text);
    const Config::Change to_there = [&](ModelConfig& model) {
      if (!fallback.base_url.empty()) model.base_url(fallback.base_url);
      change(model);
    };
    add(first.create_other(fallback.name, bare, to_there));
  }
  return FallbackProvider(config, options);
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
