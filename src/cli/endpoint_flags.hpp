#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/model_config.hpp>

#include "command_line.hpp"

namespace antiphon::cli {

/// The flags that say where a provider is and how it is addressed.
class EndpointFlags {
 public:
  void declare(CommandLine& line);
  /// Throws `UsageError`.
  void apply(ModelConfig& config) const;

 private:
  std::optional<std::string> base_url_;
  std::optional<std::string> key_variable_;
  std::vector<std::string> headers_;
};

/// `-m`, with `ANTIPHON_MODEL` of the environment in its place when it was not given.
class ModelFlag {
 public:
  void declare(CommandLine& line);
  /// Throws `UsageError` when there is no model, and `Error` for one that cannot be.
  ModelConfig config() const;

 private:
  std::optional<std::string> model_;
};

/// Takes `Name: value` apart. Throws `UsageError`.
std::pair<std::string, std::string> parse_header(const std::string& text);

}  // namespace antiphon::cli
