#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "pipeline/call.hpp"

namespace antiphon::inline v0::pipeline {

/// Decides when a call that begins now has to end, and ends it then.
class DeadlineTimer {
 public:
  explicit DeadlineTimer(Call& call) : scheduler_(call.scheduler) {
    call.started = scheduler_.steady_now();
    call.deadline = decide(call.request.options(), call.started);
    if (!call.deadline) return;
    const auto pass = [&call] {
      call.cancel.cancel(Error(ErrorKind::deadline_exceeded, "the deadline of the call passed").where("deadline"));
    };
    if (*call.deadline <= call.started) {
      pass();
    } else {
      timer_ = scheduler_.sleep_until(*call.deadline, pass);
    }
  }
  ~DeadlineTimer() {
    if (timer_) scheduler_.cancel(*timer_);
  }
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

 private:
  using Time = std::chrono::steady_clock::time_point;

  static std::optional<Time> decide(const Options& options, Time now) {
    std::optional<Time> deadline = options.deadline();
    if (const auto& after = options.deadline_after()) {
      const Time relative = *after < Time::max() - now ? now + *after : Time::max();
      deadline = std::min(deadline.value_or(Time::max()), relative);
    }
    return deadline;
  }

  Scheduler& scheduler_;
  std::optional<Scheduler::Timer> timer_;
};

}  // namespace antiphon::inline v0::pipeline
