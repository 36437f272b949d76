#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <antiphon/result.hpp>

#include "transport/descriptor.hpp"

namespace antiphon::inline v0::transport {

/// A program that is run for what it writes to its standard output: without a shell, with nothing to read, in a process
/// group of its own. What it says on its standard error is thrown away.
class ChildProcess {
 public:
  /// Throws `std::system_error` when there are no descriptors left.
  ChildProcess();

  /// Starts it and blocks until it has ended: for a thread of its own, once. What it left running may go on.
  Result<std::string> run(const std::vector<std::string>& command, std::size_t most_bytes);
  /// Ends it and what it started in its group; before `run`, it is ended at its beginning. From any thread.
  void end() noexcept;

 private:
  Descriptor ending_;
};

}  // namespace antiphon::inline v0::transport
