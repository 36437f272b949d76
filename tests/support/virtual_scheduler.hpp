#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <utility>

#include <antiphon/scheduler.hpp>

#include <antiphon/timer_queue.hpp>

namespace antiphon::test {

/// A scheduler on a clock of its own: time stands still while there is something to do, and jumps to the next timer
/// when there is not. Everything runs on the thread that calls `run`.
class VirtualScheduler : public Scheduler {
 public:
  std::chrono::steady_clock::time_point steady_now() override { return now_; }
  std::chrono::system_clock::time_point wall_now() override {
    return wall_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(now_.time_since_epoch());
  }
  Timer sleep_until(std::chrono::steady_clock::time_point time, std::function<void()> task) override {
    return timers_.add(time, std::move(task));
  }
  void cancel(Timer timer) noexcept override { timers_.cancel(timer); }
  void post(std::function<void()> task) override { tasks_.push_back(std::move(task)); }
  bool on_thread() const noexcept override { return running_; }

  /// One task, or one jump to the next timer. False when there is neither.
  bool step() {
    const bool outer = std::exchange(running_, true);
    const bool did = take_one();
    running_ = outer;
    return did;
  }
  /// Until nothing is left to do.
  void run() {
    while (step()) {
    }
  }
  /// Everything up to that time, which is then the time.
  void run_until(std::chrono::steady_clock::time_point time) {
    while (!tasks_.empty() || (timers_.next() && *timers_.next() <= time)) step();
    now_ = std::max(now_, time);
  }
  void run_for(std::chrono::nanoseconds duration) { run_until(now_ + duration); }
  bool idle() const { return tasks_.empty() && timers_.empty(); }
  /// Time passes while a task runs.
  void set_now(std::chrono::steady_clock::time_point time) { now_ = time; }
  /// What the clock on the wall shows now.
  void set_wall(std::chrono::system_clock::time_point time) { wall_ += time - wall_now(); }

 private:
  bool take_one() {
    if (!tasks_.empty()) {
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
      return true;
    }
    const auto next = timers_.next();
    if (!next) return false;
    now_ = std::max(now_, *next);
    (*timers_.take_due(now_))();
    return true;
  }

  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  std::chrono::system_clock::time_point wall_{std::chrono::seconds(1'700'000'000)};
  TimerQueue timers_;
  std::deque<std::function<void()>> tasks_;
  bool running_ = false;
};

}  // namespace antiphon::test
