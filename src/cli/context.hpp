#pragma once

#include "interrupts.hpp"
#include "output.hpp"

namespace antiphon::cli {

/// What every command gets.
struct Context {
  Output& out;
  Interrupts& interrupts;
};

}  // namespace antiphon::cli
