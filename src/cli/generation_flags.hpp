#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/options.hpp>

#include "command_line.hpp"

namespace antiphon::cli {

/// The flags that say how an answer is made, and how long it may take.
class GenerationFlags {
 public:
  void declare(CommandLine& line);
  /// Throws `UsageError`.
  Options options() const;

 private:
  std::optional<std::int64_t> max_tokens_;
  std::optional<double> temperature_;
  std::optional<std::int64_t> seed_;
  std::vector<std::string> stop_;
  std::vector<std::string> others_;
  std::optional<std::chrono::nanoseconds> total_;
  std::optional<std::chrono::nanoseconds> connect_;
  std::optional<std::chrono::nanoseconds> first_chunk_;
  std::optional<std::chrono::nanoseconds> chunk_;
  std::optional<std::chrono::nanoseconds> idle_;
};

}  // namespace antiphon::cli
