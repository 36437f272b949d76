#pragma once

#include <chrono>

#include <antiphon/scheduler.hpp>

#include "core/cancel_scope.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// A wait that ends at a time, or when the call is cancelled: `co_await pause.over()`.
class Pause {
 public:
  Pause(Scheduler& scheduler, CancelScope& cancel, std::chrono::steady_clock::time_point until)
      : listener_(cancel, [this, &scheduler] {
          scheduler.cancel(timer_);
          scheduler.post([this] { over_.set(); });
        }) {
    if (cancel.reason()) {
      over_.set();
    } else {
      timer_ = scheduler.sleep_until(until, [this] { over_.set(); });
    }
  }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

  Event& over() { return over_; }

 private:
  Event over_;
  Scheduler::Timer timer_ = 0;
  CancelScope::Listener listener_;
};

}  // namespace antiphon::inline v0::pipeline
