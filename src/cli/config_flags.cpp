#include "config_flags.hpp"

#include <unistd.h>

#include "output.hpp"
#include "report.hpp"
#include "terminal.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {

void ConfigFlags::declare(CommandLine& line) {
  line.text("--config", file_, "FILE", "Configuration, in place of the user's and the project's antiphon.toml");
  line.flag("--no-config", none_, "Read no configuration file");
}

Config ConfigFlags::load(int verbosity) const {
  if (file_ && none_) throw UsageError("--config and --no-config exclude each other");
  if (none_) return Config::none();
  ConfigOptions options;
  if (file_) options.file(*file_);
  Config config = load_config(options);
  for (const std::string& note : config.notes()) report({Warning("", note)});
  for (const std::string& file : config.files()) {
    if (verbosity > 0) say(Style(STDERR_FILENO).dim("* config.read file=" + one_line(file)) + "\n");
  }
  return config;
}

}  // namespace antiphon::cli
