#include <antiphon/fallback.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chat/joint_options.hpp"
#include "chat/make_settings.hpp"
#include "chat/provider_core.hpp"
#include "pipeline/fallback_order.hpp"

namespace antiphon::inline v0 {

namespace {

Error wrong(const std::string& where, std::string message) {
  return Error(ErrorKind::invalid_config, std::move(message)).where(where);
}

template <class T>
void append(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

/// What was given to the provider goes with its link.
pipeline::Link as_link(pipeline::Link link, const FallbackLink& rules, const pipeline::HandleSettings& settings) {
  if (!link.rules) link.rules = rules;
  append(link.observers.callbacks, settings.observers.callbacks);
  if (!link.observers.log) link.observers.log = settings.observers.log;
  std::vector<std::shared_ptr<Layer>> layers = settings.layers;
  append(layers, link.layers);
  link.layers = std::move(layers);
  link.options = detail::join(settings.options, link.options);
  return link;
}

/// A setting of the handle that an inner one has: it moves up, and two of them must agree.
void move_up(FallbackConfig& config, const FallbackConfig& inner, const std::string& where) {
  if (inner.strategy() != config.strategy())
    throw wrong(where + ".strategy", "differs from that of the provider inside");
  if (inner.max_wait() != config.max_wait())
    throw wrong(where + ".max_wait", "differs from that of the provider inside");
  if (!(inner.circuit_breaker() == config.circuit_breaker())) {
    throw wrong(where + ".circuit_breaker", "differs from that of the provider inside");
  }
  if (inner.hedge() && config.hedge() && inner.hedge()->delay() != config.hedge()->delay()) {
    throw wrong(where + ".hedge", "differs from that of the provider inside");
  }
  if (inner.hedge()) config.hedge(*inner.hedge());
}

std::shared_ptr<const detail::ProviderCore> combine(FallbackConfig config, const ProviderOptions& options) {
  pipeline::check(config);
  auto core = std::make_shared<detail::ProviderCore>();
  core->settings = detail::make_settings(options, std::nullopt);
  detail::CallOptions call_options(core->settings.options);
  core->engine = options.engine();
  for (std::size_t i = 0; i < config.links().size(); ++i) {
    const FallbackLink& rules = config.links()[i];
    const detail::ProviderCore& inner = *rules.provider().core();
    if (!core->engine) core->engine = inner.engine;
    if (inner.engine != core->engine) {
      throw wrong("fallback.links[" + std::to_string(i) + "]", "runs on another engine than the others");
    }
    if (inner.settings.fallback) move_up(config, *inner.settings.fallback, "fallback");
    call_options.move_up(inner.settings.options);
    for (const pipeline::Link& link : inner.links) {
      core->name += (core->name.empty() ? "" : " | ") + link.name;
      core->links.push_back(as_link(link, rules, inner.settings));
    }
  }
  FallbackConfig without_links;
  without_links.strategy(config.strategy()).max_wait(config.max_wait()).circuit_breaker(config.circuit_breaker());
  if (config.hedge()) without_links.hedge(*config.hedge());
  core->settings.fallback = std::move(without_links);
  core->settings.options = call_options.joint();
  return core;
}

}  // namespace

FallbackProvider::FallbackProvider(const FallbackConfig& config, ProviderOptions options)
    : Provider(combine(config, options)) {}

}  // namespace antiphon::inline v0
