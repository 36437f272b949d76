#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/options.hpp>

#include "command_line.hpp"

namespace antiphon::cli {

/// The flags that give the model tools.
class ToolFlags {
 public:
  void declare(CommandLine& line);
  /// Throws `UsageError`.
  void apply(Options& options) const;

 private:
  std::vector<std::string> files_;
  std::optional<std::int64_t> max_steps_;
  std::optional<std::string> max_cost_;
  bool yes_ = false;
};

}  // namespace antiphon::cli
