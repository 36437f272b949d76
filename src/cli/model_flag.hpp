#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/config.hpp>

#include "config_flags.hpp"
#include "endpoint_flags.hpp"

namespace antiphon::cli {

/// The model that a command asks, or the chain of models, with what the flags say of it.
class ChosenModel {
 public:
  ChosenModel(Config config, std::string name, EndpointFlags endpoint);

  /// The model; of a chain, the first.
  const ModelConfig& config() const { return models_.front(); }
  bool is_chain() const { return models_.size() > 1; }
  std::size_t models() const { return models_.size(); }
  const std::string& name() const { return name_; }
  /// What `changes` do comes after the flags that this was made with.
  Provider create(ProviderOptions options, ConfigChanges changes) const;
  /// The same for another model, which those flags are not about.
  Provider create_other(const std::string& name, ProviderOptions options, const Config::Change& change) const {
    return config_.create_provider(name, std::move(options), change);
  }

 private:
  Config config_;
  std::string name_;
  EndpointFlags endpoint_;
  std::vector<ModelConfig> models_;
};

/// `-m`, with `ANTIPHON_MODEL` of the environment in its place when it was not given, and `default_model` of the
/// configuration in the place of that.
class ModelFlag {
 public:
  void declare(CommandLine& line);
  /// Throws `UsageError` when there is no model, and `Error` for one that cannot be.
  ChosenModel choose(const EndpointFlags& endpoint, int verbosity = 0) const;

 private:
  std::optional<std::string> model_;
  ConfigFlags config_;
};

}  // namespace antiphon::cli
