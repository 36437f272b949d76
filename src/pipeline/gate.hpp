#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

namespace antiphon::inline v0::pipeline {

/// Open to all, until the provider asks for a pause. Then nobody passes before it is over, and after it one at a time,
/// and one more with every success: each that ends well lets two in, so that the load doubles as long as the provider
/// bears it. A minute later it is open to all again: that is what providers count their limits in.
class Gate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  bool closed(Time now) const { return now < closed_until_; }
  Time closed_until() const { return closed_until_; }
  /// Whether one more may pass. When not because of the time, `closed_until` says when to ask again; else when somebody
  /// has left.
  bool admits(Time now) const { return !closed(now) && (inside_ < ramp_ || now - closed_until_ >= ramp_time); }

  void enter() { ++inside_; }
  void leave() { --inside_; }
  std::size_t inside() const { return inside_; }

  /// The provider asks everybody to wait.
  void close_until(Time time) {
    closed_until_ = std::max(closed_until_, time);
    ramp_ = 1;
  }
  /// What began before the pause was over says nothing about how many the provider bears after it.
  void succeeded(Time began) {
    if (ramp_ != wide_open && began >= closed_until_) ++ramp_;
  }

 private:
  static constexpr std::chrono::minutes ramp_time{1};
  static constexpr std::size_t wide_open = std::numeric_limits<std::size_t>::max();

  std::size_t inside_ = 0;
  std::size_t ramp_ = wide_open;
  Time closed_until_{};
};

}  // namespace antiphon::inline v0::pipeline
