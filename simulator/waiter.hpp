#pragma once

#include "asio.hpp"

namespace antiphon::inline v0::simulator {

/// Lets one coroutine wait until another says that something changed. Check first, then wait: all on one thread, so
/// nothing is missed between.
class Waiter {
 public:
  explicit Waiter(const Executor& executor) : timer_(executor) {}
  Task<void> wait();
  /// Returns at that time, or earlier when woken.
  Task<void> wait_until(Clock::time_point time);
  void wake() { timer_.cancel(); }
  Executor executor() { return timer_.get_executor(); }

 private:
  Timer timer_;
};

}  // namespace antiphon::inline v0::simulator
