#pragma once

#include <cstdint>
#include <optional>

#include <antiphon/model_config.hpp>

#include "command_line.hpp"

namespace antiphon::cli {

/// How much may be sent: `Limits`.
class LimitFlags {
 public:
  void declare(CommandLine& line);
  void apply(ModelConfig& config) const;

 private:
  std::optional<std::int64_t> max_concurrent_;
  std::optional<std::int64_t> requests_per_minute_;
  std::optional<std::int64_t> tokens_per_minute_;
};

}  // namespace antiphon::cli
