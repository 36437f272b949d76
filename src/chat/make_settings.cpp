#include "chat/make_settings.hpp"

#include <memory>

#include "chat/log_queue.hpp"

namespace antiphon::inline v0::detail {

pipeline::HandleSettings make_settings(const ProviderOptions& options) {
  pipeline::HandleSettings settings;
  settings.observers.callbacks = options.callbacks();
  if (!options.loggers().empty()) settings.observers.log = std::make_shared<LogQueue>(options.loggers());
  for (const std::shared_ptr<Layer>& layer : options.layers()) {
    if (!layer) throw Error(ErrorKind::invalid_config, "there is no layer").where("layer");
  }
  settings.layers = options.layers();
  return settings;
}

}  // namespace antiphon::inline v0::detail
