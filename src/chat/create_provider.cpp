#include <memory>
#include <string>

#include <antiphon/provider.hpp>

#include "chat/log_queue.hpp"
#include "chat/make_link.hpp"
#include "chat/provider_core.hpp"

namespace antiphon::inline v0 {

namespace {

Error wrong(const char* where, std::string message) {
  return Error(ErrorKind::invalid_config, std::move(message)).where(where);
}

}  // namespace

Provider create_provider(ModelConfig config, ProviderOptions options) {
  auto core = std::make_shared<detail::ProviderCore>(detail::make_link(std::move(config), detail::MissingKey::refused));
  core->settings.callbacks = options.callbacks();
  if (!options.loggers().empty()) core->settings.log = std::make_shared<detail::LogQueue>(options.loggers());
  core->engine = options.engine() ? options.engine() : detail::EngineCore::shared();
  return Provider(std::move(core));
}

Provider create_provider(std::string_view name, ProviderOptions options) {
  return create_provider(parse_model(name), std::move(options));
}

ModelConfig parse_model(std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) {
    throw wrong("model", "\"" + std::string(name) + "\" is not of the form PROVIDER/MODEL, for example ollama/llama3.2");
  }
  ModelConfig config(std::string(name.substr(slash + 1)), ProviderId(name.substr(0, slash)));
  detail::known_preset(config.provider());
  return config;
}

}  // namespace antiphon::inline v0
