#include "pipeline/fallback_order.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "pipeline/endpoint.hpp"
#include "pipeline/link_facts.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

std::size_t draw(const std::vector<Link>& links, Random& random) {
  double sum = 0;
  for (const Link& link : links) sum += link.rules->weight();
  double left = random.fraction() * sum;
  std::size_t chosen = 0;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const double weight = links[i].rules->weight();
    if (weight > 0) chosen = i;
    if (left < weight) break;
    left -= weight;
  }
  return chosen;
}

/// Lower comes first.
double rank(const Link& link, FallbackStrategy strategy, bool streamed, std::chrono::system_clock::time_point when) {
  if (strategy == FallbackStrategy::lowest_latency) {
    const auto average = link.endpoint->latencies.of(link.config.model(), streamed).average();
    return average ? static_cast<double>(average->count()) : 0;
  }
  return price_of(link, when).value_or(std::numeric_limits<double>::infinity());
}

}  // namespace

LinkOrder fallback_order(const std::vector<Link>& links, FallbackStrategy strategy, bool streamed,
                         std::chrono::system_clock::time_point when, Random& random) {
  LinkOrder order(links.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  switch (strategy) {
    case FallbackStrategy::ordered:
      break;
    case FallbackStrategy::weighted: {
      const std::size_t first = draw(links, random);
      std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(first),
                  order.begin() + static_cast<std::ptrdiff_t>(first) + 1);
      break;
    }
    case FallbackStrategy::lowest_latency:
    case FallbackStrategy::cheapest: {
      std::vector<double> ranks;
      for (const Link& link : links) ranks.push_back(rank(link, strategy, streamed, when));
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ranks[a] < ranks[b]; });
      break;
    }
  }
  return order;
}

void check(const FallbackConfig& config) {
  const auto require = [](bool good, const std::string& where, const char* what) {
    if (!good) throw Error(ErrorKind::invalid_config, what).where(where);
  };
  using std::chrono_literals::operator""ms;
  require(!config.links().empty(), "fallback.links", "there is no provider to ask");
  require(config.max_wait() >= 0ms, "fallback.max_wait", "must not be negative");
  const CircuitBreakerConfig& breaker = config.circuit_breaker();
  require(breaker.failures() >= 1, "fallback.circuit_breaker.failures", "must be at least 1");
  require(breaker.rest() > 0ms, "fallback.circuit_breaker.rest", "must be longer than zero");
  require(breaker.max_rest() >= breaker.rest(), "fallback.circuit_breaker.max_rest", "must not be shorter than rest");
  if (config.hedge()) require(config.hedge()->delay() > 0ms, "fallback.hedge.delay", "must be longer than zero");
  double weights = 0;
  for (std::size_t i = 0; i < config.links().size(); ++i) {
    const FallbackLink& link = config.links()[i];
    const std::string where = "fallback.links[" + std::to_string(i) + "]";
    require(link.weight() >= 0 && std::isfinite(link.weight()), where + ".weight", "must be a number of at least 0");
    weights += link.weight();
    if (link.first_content_within()) {
      require(*link.first_content_within() > 0ms, where + ".first_content_within", "must be longer than zero");
    }
    if (const auto& price = link.price()) {
      const bool good = price->first >= 0 && price->second >= 0 && std::isfinite(price->first + price->second);
      require(good, where + ".price", "must be numbers of at least 0");
    }
    if (link.context_window()) require(*link.context_window() >= 1, where + ".context_window", "must be at least 1");
    for (const ErrorKind kind : {ErrorKind::cancelled, ErrorKind::deadline_exceeded}) {
      require(!link.leave_on().contains(kind), where + ".leave_on",
              "what was cancelled or is out of time cannot be tried elsewhere");
    }
  }
  require(config.strategy() != FallbackStrategy::weighted || weights > 0, "fallback.links", "all weights are 0");
}

}  // namespace antiphon::inline v0::pipeline
