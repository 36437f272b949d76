#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <antiphon/scheduler.hpp>

#include "core/timer_queue.hpp"

namespace antiphon::inline v0::transport {

/// The production scheduler: one thread in an Asio loop.
///
/// All timers share one of Asio's, which is set again only when an earlier time is wanted: a timer per request that is
/// taken back in time then costs no system call.
class AsioScheduler : public Scheduler {
 public:
  AsioScheduler();

  /// Runs until `stop`; the calling thread is the scheduler's from then on.
  void run();
  /// Ends `run` once it has nothing left to do at once. From any thread.
  void stop();

  boost::asio::io_context& context() { return context_; }

  std::chrono::steady_clock::time_point steady_now() override;
  std::chrono::system_clock::time_point wall_now() override;
  Timer sleep_until(std::chrono::steady_clock::time_point time, std::function<void()> task) override;
  void cancel(Timer timer) noexcept override;
  void post(std::function<void()> task) override;
  bool on_thread() const noexcept override;

 private:
  void arm();
  void fire();

  // One thread runs the loop, but any may post: the hint saves no lock, it saves waking a second thread.
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  // Of the loop's own type: executors of any type cost as much as the timer itself.
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  TimerQueue queue_;
  std::chrono::steady_clock::time_point armed_for_ = std::chrono::steady_clock::time_point::max();
  std::atomic<std::thread::id> thread_;
};

}  // namespace antiphon::inline v0::transport
