#include "call_watchers.hpp"

#include <unistd.h>

#include <memory>

#include "terminal.hpp"
#include "verbose.hpp"
#include "wait_notices.hpp"

namespace antiphon::cli {

ProviderOptions call_watchers(int verbosity) {
  ProviderOptions options;
  if (verbosity > 0) {
    options.logger(std::make_shared<VerboseLogger>());
  } else if (is_terminal(STDERR_FILENO)) {
    options.logger(std::make_shared<WaitNotices>());
  }
  return options;
}

}  // namespace antiphon::cli
