#include "model_flag.hpp"

#include <cstdlib>

#include "usage_error.hpp"

namespace antiphon::cli {

ChosenModel::ChosenModel(Config config, std::string name, EndpointFlags endpoint)
    : config_(std::move(config)),
      name_(std::move(name)),
      endpoint_(std::move(endpoint)),
      models_(config_.models(name_)) {
  if (is_chain() && endpoint_.name_a_place()) {
    throw UsageError("--base-url and --api-key-env are for one provider, and " + name_ + " is a chain of several");
  }
  endpoint_.apply(models_.front());
}

Provider ChosenModel::create(ProviderOptions options, ConfigChanges changes) const {
  changes.model([this, change = changes.model()](ModelConfig& model) {
    endpoint_.apply(model);
    change(model);
  });
  return config_.create_provider(name_, std::move(options), changes);
}

void ModelFlag::declare(CommandLine& line) {
  line.text("-m,--model", model_, "PROVIDER/MODEL",
            "Which model to ask, or its name in the configuration (default: ANTIPHON_MODEL of the environment, or "
            "default_model of the configuration)");
  config_.declare(line);
}

ChosenModel ModelFlag::choose(const EndpointFlags& endpoint, int verbosity) const {
  Config config = config_.load(verbosity);
  const char* in_environment = std::getenv("ANTIPHON_MODEL");
  std::string name = model_ ? *model_ : in_environment ? in_environment : "";
  if (!model_ && name.empty()) name = config.default_model();
  if (!model_ && name.empty()) {
    throw UsageError(
        "no model: give -m PROVIDER/MODEL, for example -m ollama/llama3.2, or set ANTIPHON_MODEL, or default_model in "
        "antiphon.toml");
  }
  return ChosenModel(std::move(config), std::move(name), endpoint);
}

}  // namespace antiphon::cli
