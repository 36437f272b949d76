#pragma once

namespace antiphon::cli {

/// What the program tells its caller.
enum ExitStatus : int {
  exit_done = 0,
  exit_failed = 1,  ///< the provider, or the check, failed
  exit_usage = 2,
  exit_interrupted = 130,  ///< by Ctrl-C; the program ends with 143 when it was SIGTERM
};

}  // namespace antiphon::cli
