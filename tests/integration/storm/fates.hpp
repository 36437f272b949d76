#pragma once

#include <cstdint>
#include <string>

#include "core/random.hpp"

namespace antiphon::test {

/// Scenarios for simulators in which everything goes wrong that can, drawn from a seed.
class Fates {
 public:
  explicit Fates(std::uint64_t seed) : random_(seed) {}

  /// JSON as docs/simulator.md describes it: so many requests get one fate each, those after them are answered well.
  std::string scenario(int requests, const std::string& settings = "");

 private:
  std::string fate();
  std::string answered();
  std::string refused();
  std::string told_to_wait();
  std::string cut();
  std::string silent();
  std::string broken();

  std::string number(std::uint64_t end) { return std::to_string(random_.below(end)); }
  template <class... T>
  std::string one_of(T... texts) {
    const char* const all[] = {texts...};
    return all[random_.below(sizeof...(texts))];
  }

  Random random_;
};

}  // namespace antiphon::test
