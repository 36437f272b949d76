#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>

#include "core/random.hpp"

namespace antiphon::simulation {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// All chance of a run. Dice of the same seed and the same names throw the same.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed), random_(seed) {}
  /// Dice of their own for something that must not change when others throw more or less.
  Dice for_the(std::uint64_t what, std::uint64_t which = 0) const {
    Random mixed(seed_ * 0x9e3779b97f4a7c15 + what * 0xd1b54a32d192ed03 + which * 0x8cb92ba72f3d8dd7);
    mixed.fraction();
    return Dice(mixed.below(std::uint64_t{1} << 52));
  }

  bool chance(double probability) { return random_.fraction() < probability; }
  /// Both ends included.
  int from(int least, int most) {
    return least + static_cast<int>(random_.below(static_cast<std::uint64_t>(most - least + 1)));
  }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return *(values.begin() + random_.below(values.size()));
  }
  /// Up to that, in steps coarse enough that many things happen at the same instant.
  Duration time(Duration most) {
    constexpr Duration steps[] = {std::chrono::milliseconds(1), std::chrono::milliseconds(10),
                                  std::chrono::milliseconds(100), std::chrono::seconds(1)};
    const Duration step = steps[random_.below(4)];
    if (step > most) return Duration(0);
    return step * static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most / step) + 1));
  }

 private:
  std::uint64_t seed_;
  Random random_;
};

}  // namespace antiphon::simulation
