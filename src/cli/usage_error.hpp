#pragma once

#include <stdexcept>

namespace antiphon::cli {

/// The program was called wrongly: one line for standard error, exit status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace antiphon::cli
