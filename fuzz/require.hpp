#pragma once

#include <cstdlib>

/// Ends the program, for the fuzzer to notice, when something that must hold does not.
inline void require(bool holds) {
  if (!holds) std::abort();
}
