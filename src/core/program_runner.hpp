#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <antiphon/result.hpp>

namespace antiphon::inline v0 {

/// Runs programs beside the work of an engine. What an engine fetches with (`Fetcher`) is one as well.
class ProgramRunner {
 public:
  using Done = std::function<void(Result<std::string>)>;

  virtual ~ProgramRunner();
  /// Runs a program, which is found by PATH, without a shell, and calls `done` once, later, on the engine's thread:
  /// with what it wrote to its standard output, or with the error in its place. One that does not end `within` that
  /// time is `timeout` and ended, one that writes more than 1 MiB `response_too_large`; when the engine ends it is
  /// `cancelled`. One that ends with another status than 0 is `authentication`: programs are run for what they know of
  /// credentials.
  virtual void run(std::vector<std::string> command, std::chrono::nanoseconds within, Done done) = 0;
};

}  // namespace antiphon::inline v0
