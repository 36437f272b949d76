#pragma once

#include <optional>
#include <string>

#include <antiphon/config.hpp>

#include "command_line.hpp"

namespace antiphon::cli {

/// The flags that say which configuration files are read.
class ConfigFlags {
 public:
  void declare(CommandLine& line);
  /// Says which files were read when `verbosity` is above zero. Throws `UsageError`, and `Error` for a file that is
  /// wrong.
  Config load(int verbosity = 0) const;

 private:
  std::optional<std::string> file_;
  bool none_ = false;
};

}  // namespace antiphon::cli
