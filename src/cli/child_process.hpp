#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace antiphon::cli {

/// What a program that was run left behind.
struct ChildResult {
  int status = 0;        ///< exit status, or 128 + the signal that ended it
  bool stopped = false;  ///< it was ended because a stop was requested
  std::string out;       ///< at most as much as was asked for
  std::size_t lost = 0;  ///< bytes of standard output beyond that
  std::string err;       ///< the beginning of it
};

/// Runs a program, found by PATH, without a shell and in a process group of its own, with `input` as its standard
/// input. A requested stop ends it and everything that it started in its group. Throws `std::system_error` when it
/// cannot be started.
ChildResult run_child(const std::vector<std::string>& command, std::string_view input, std::size_t most_output,
                      const std::stop_token& stop);

}  // namespace antiphon::cli
