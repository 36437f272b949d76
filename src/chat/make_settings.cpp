#include "chat/make_settings.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include "chat/log_queue.hpp"
#include "pipeline/timeout_settings.hpp"
#include "providers/named_options.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::detail {

namespace {

void check(const Options& options, const EngineCore& engine) {
  try {
    codec::check_options(codec::SettledOptions(options, codec::Preset()).common());
    pipeline::decide_timeouts(options.timeouts(), Timeouts());
  } catch (const Error& error) {
    throw Error(ErrorKind::invalid_config, error.message()).where("options." + error.where());
  }
  if (options.deadline_after() && *options.deadline_after() <= std::chrono::nanoseconds::zero()) {
    throw Error(ErrorKind::invalid_config, "must be longer than zero").where("options.deadline");
  }
  if (options.deadline() && engine.has_passed(*options.deadline())) {
    throw Error(ErrorKind::invalid_config, "is in the past").where("options.deadline");
  }
}

/// Those of the handle win over those of the model.
std::shared_ptr<const Options> join(const std::optional<Options>& of_handle, const std::optional<Options>& of_model,
                                    const EngineCore& engine) {
  if (!of_handle && !of_model) return nullptr;
  Options joint = of_handle.value_or(Options());
  if (of_model) joint.complete_with(*of_model);
  check(joint, engine);
  return std::make_shared<const Options>(std::move(joint));
}

}  // namespace

pipeline::HandleSettings make_settings(const ProviderOptions& options, const std::optional<Options>& of_model,
                                       const EngineCore& engine) {
  pipeline::HandleSettings settings;
  settings.observers.callbacks = options.callbacks();
  if (!options.loggers().empty()) {
    settings.observers.log = std::make_shared<LogQueue>(options.loggers(), engine.weak_from_this());
  }
  for (const std::shared_ptr<Layer>& layer : options.layers()) {
    if (!layer) throw Error(ErrorKind::invalid_config, "there is no layer").where("layer");
  }
  settings.layers = options.layers();
  settings.options = join(options.options(), of_model, engine);
  return settings;
}

}  // namespace antiphon::inline v0::detail
