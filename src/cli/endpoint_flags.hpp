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
  /// Whether one of them is about a single provider: its address, its key.
  bool name_a_place() const;
  /// Whether any was given.
  bool given() const { return name_a_place() || ca_file_ || !headers_.empty(); }

 private:
  std::optional<std::string> base_url_;
  std::optional<std::string> key_variable_;
  std::optional<std::string> ca_file_;
  std::vector<std::string> headers_;
};

/// Takes `Name: value` apart. Throws `UsageError`.
std::pair<std::string, std::string> parse_header(const std::string& text);

}  // namespace antiphon::cli
