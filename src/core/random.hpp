#pragma once

#include <cstdint>
#include <random>

namespace antiphon::inline v0 {

/// The engine's source of chance: everything random is drawn from it, so that a seed replays a run. One thread.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// Evenly from [0, 1).
  double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// Evenly from [0, end), which must not be 0.
  std::uint64_t below(std::uint64_t end) { return static_cast<std::uint64_t>(fraction() * static_cast<double>(end)); }

 private:
  // SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere, unlike the standard library's distributions.
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace antiphon::inline v0
