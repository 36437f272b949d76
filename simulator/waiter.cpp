#include "waiter.hpp"

namespace antiphon::inline v0::simulator {

Task<void> Waiter::wait() { return wait_until(Clock::time_point::max()); }

Task<void> Waiter::wait_until(Clock::time_point time) {
  timer_.expires_at(time);
  co_await timer_.async_wait(as_result);
}

}  // namespace antiphon::inline v0::simulator
