#include <antiphon/fallback.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chat/fallback_body.hpp"
#include "chat/joint_options.hpp"
#include "chat/make_settings.hpp"
#include "chat/provider_core.hpp"
#include "pipeline/fallback_order.hpp"

namespace antiphon::inline v0 {

namespace detail {

struct FallbackSettings {
  /// What the handle inside has set moves up, and two that are set must agree.
  static void take_over(FallbackConfig& config, const FallbackConfig& inner) {
    const auto differ = [](const char* field) {
      return Error(ErrorKind::invalid_config, "differs from that of the provider inside").where(field);
    };
    const auto move_up = [&](auto& mine, const auto& its, const char* field) {
      if (its && mine.value_or(*its) != *its) throw differ(field);
      if (its) mine = its;
    };
    FallbackConfig::Body& mine = config.body_.edit();
    const FallbackConfig::Body& its = inner.body_.read();
    if (its.strategy != mine.strategy) throw differ("fallback.strategy");
    move_up(mine.max_wait, its.max_wait, "fallback.max_wait");
    move_up(mine.circuit_breaker, its.circuit_breaker, "fallback.circuit_breaker");
    move_up(mine.hedge, its.hedge, "fallback.hedge");
  }
  static FallbackConfig without_links(FallbackConfig config) {
    config.body_.edit().links.clear();
    return config;
  }
};

}  // namespace detail

namespace {

Error wrong(const std::string& where, std::string message) {
  return Error(ErrorKind::invalid_config, std::move(message)).where(where);
}

template <class T>
void append(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

/// Two who listen to the same link.
class BothLogs : public pipeline::LogSink {
 public:
  BothLogs(std::shared_ptr<LogSink> first, std::shared_ptr<LogSink> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  void log(LogRecord record) override {
    first_->log(record);
    second_->log(std::move(record));
  }

 private:
  std::shared_ptr<LogSink> first_;
  std::shared_ptr<LogSink> second_;
};

std::shared_ptr<pipeline::LogSink> both(std::shared_ptr<pipeline::LogSink> first,
                                        std::shared_ptr<pipeline::LogSink> second) {
  if (!first || !second) return first ? first : second;
  return std::make_shared<BothLogs>(std::move(first), std::move(second));
}

/// What was given to the provider goes with its link.
pipeline::Link as_link(pipeline::Link link, const FallbackLink& rules, const pipeline::HandleSettings& settings) {
  if (!link.rules) link.rules = rules;
  append(link.observers.callbacks, settings.observers.callbacks);
  link.observers.log = both(std::move(link.observers.log), settings.observers.log);
  std::vector<std::shared_ptr<Layer>> layers = settings.layers;
  append(layers, link.layers);
  link.layers = std::move(layers);
  link.options = detail::join(settings.options, link.options);
  return link;
}

/// A `FallbackProvider` inside has rules for each of its links already.
void require_no_rules(const FallbackLink& link, const std::string& where) {
  const FallbackLink usual(link.provider());
  const auto require = [&](bool usual_value, const char* field) {
    if (!usual_value) throw wrong(where + "." + field, "belongs to the links of the provider inside; set it there");
  };
  require(link.leave_on() == usual.leave_on(), "leave_on");
  require(!link.first_content_within(), "first_content_within");
  require(!link.accept(), "accept");
  require(link.weight() == usual.weight(), "weight");
  require(!link.price(), "price");
  require(!link.context_window(), "context_window");
}

void add_link(detail::ProviderCore& core, pipeline::Link link, const std::string& where) {
  for (const pipeline::Link& other : core.links) {
    if (other.origin == link.origin) throw wrong(where, link.name + " is there already: it would be asked twice");
  }
  core.name += (core.name.empty() ? "" : " | ") + link.name;
  core.links.push_back(std::move(link));
}

std::shared_ptr<const detail::ProviderCore> combine(FallbackConfig config, const ProviderOptions& options) {
  pipeline::check(config);
  auto core = std::make_shared<detail::ProviderCore>();
  core->engine = options.engine() ? options.engine() : config.links().front().provider().core()->engine;
  core->settings = detail::make_settings(options, std::nullopt, *core->engine);
  detail::CallOptions call_options(core->settings.options);
  for (std::size_t i = 0; i < config.links().size(); ++i) {
    const FallbackLink& rules = config.links()[i];
    const detail::ProviderCore& inner = *rules.provider().core();
    const std::string where = "fallback.links[" + std::to_string(i) + "]";
    if (inner.engine != core->engine) throw wrong(where, "runs on another engine than the others");
    if (inner.settings.fallback) {
      require_no_rules(rules, where);
      detail::FallbackSettings::take_over(config, *inner.settings.fallback);
    }
    call_options.move_up(inner.settings.options);
    for (const pipeline::Link& link : inner.links) add_link(*core, as_link(link, rules, inner.settings), where);
  }
  core->settings.fallback = detail::FallbackSettings::without_links(std::move(config));
  core->settings.options = call_options.joint();
  return core;
}

}  // namespace

FallbackProvider::FallbackProvider(const FallbackConfig& config, ProviderOptions options)
    : Provider(combine(config, options)) {}

}  // namespace antiphon::inline v0
