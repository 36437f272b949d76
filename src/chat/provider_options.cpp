#include <antiphon/provider.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct ProviderOptions::Body {
  std::shared_ptr<detail::EngineCore> engine;
  std::vector<Callbacks> callbacks;
  std::vector<std::shared_ptr<Logger>> loggers;
  std::vector<std::shared_ptr<Layer>> layers;
  std::optional<Options> options;
};

template class detail::Hidden<ProviderOptions::Body>;

ProviderOptions& ProviderOptions::engine(const Engine& engine) { return body_.edit().engine = engine.core(), *this; }

ProviderOptions& ProviderOptions::engine(std::shared_ptr<detail::EngineCore> core) {
  return body_.edit().engine = std::move(core), *this;
}

ProviderOptions& ProviderOptions::callbacks(Callbacks value) {
  return body_.edit().callbacks.push_back(std::move(value)), *this;
}

ProviderOptions& ProviderOptions::layer(std::shared_ptr<Layer> value) {
  return body_.edit().layers.push_back(std::move(value)), *this;
}

ProviderOptions& ProviderOptions::logger(std::shared_ptr<Logger> value) {
  return body_.edit().loggers.push_back(std::move(value)), *this;
}

ProviderOptions& ProviderOptions::options(Options value) { return body_.edit().options = std::move(value), *this; }
const std::shared_ptr<detail::EngineCore>& ProviderOptions::engine() const { return body_.read().engine; }
const std::vector<Callbacks>& ProviderOptions::callbacks() const { return body_.read().callbacks; }
const std::vector<std::shared_ptr<Logger>>& ProviderOptions::loggers() const { return body_.read().loggers; }
const std::vector<std::shared_ptr<Layer>>& ProviderOptions::layers() const { return body_.read().layers; }
const std::optional<Options>& ProviderOptions::options() const { return body_.read().options; }

}  // namespace antiphon::inline v0
