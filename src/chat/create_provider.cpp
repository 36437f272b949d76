#include <memory>
#include <string>

#include <antiphon/model.hpp>
#include <antiphon/provider.hpp>

#include "chat/make_link.hpp"
#include "chat/make_settings.hpp"
#include "chat/provider_core.hpp"

namespace antiphon::inline v0 {

namespace {

Error wrong(const char* where, std::string message) {
  return Error(ErrorKind::invalid_config, std::move(message)).where(where);
}

Provider make_provider(pipeline::Link link, const ProviderOptions& options) {
  auto core = std::make_shared<detail::ProviderCore>();
  core->engine = options.engine() ? options.engine() : detail::EngineCore::shared();
  link.known = catalogue::KnownModel(Catalogue(), link.config.provider().name(), link.config.model());
  link.endpoint = core->engine->endpoint(detail::endpoint_key(link));
  core->name = link.name;
  core->settings = detail::make_settings(options, link.config.options(), *core->engine);
  core->links.push_back(std::move(link));
  return Provider(std::move(core));
}

}  // namespace

Provider create_provider(ModelConfig config, ProviderOptions options) {
  return make_provider(detail::make_link(std::move(config), detail::MissingKey::refused), options);
}

Provider create_provider(std::shared_ptr<Model> model, ModelConfig config, ProviderOptions options) {
  return make_provider(detail::make_link(std::move(config), std::move(model)), options);
}

ModelConfig parse_model(std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) {
    throw wrong("model",
                "\"" + std::string(name) + "\" is not of the form PROVIDER/MODEL, for example ollama/llama3.2");
  }
  return ModelConfig(std::string(name.substr(slash + 1)), detail::known_row(ProviderId(name.substr(0, slash))));
}

}  // namespace antiphon::inline v0
