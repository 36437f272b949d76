#pragma once

#include <antiphon/antiphon.hpp>

namespace antiphon::test {

inline Tool weather() {
  return Tool("weather", "Tells the weather.",
              R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})");
}

/// What a rule of the simulator becomes for the caller.
struct Fault {
  const char* rule;
  ErrorKind kind;
};

}  // namespace antiphon::test
