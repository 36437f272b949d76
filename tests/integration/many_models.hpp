#pragma once

#include <string>

#include <antiphon/simulator.hpp>

namespace antiphon::test {

/// A server with so many models that no provider lists them on one page.
inline Scenario many_models(const std::string& prefix) {
  Scenario scenario;
  for (int i = 0; i < 2500; ++i) scenario.model(prefix + std::to_string(i));
  return scenario;
}

}  // namespace antiphon::test
