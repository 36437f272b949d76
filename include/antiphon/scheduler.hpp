#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

/// Where an engine's work runs and where its time comes from. All waiting of this library goes through it, so that a
/// test can run on a clock of its own.
///
/// Everything runs on one thread, the scheduler's; `post` may be called from any thread, the other functions only
/// from the scheduler's.
class ANTIPHON_EXPORT Scheduler {
 public:
  using Timer = std::uint64_t;

  virtual ~Scheduler();

  /// For deadlines and durations.
  virtual std::chrono::steady_clock::time_point steady_now() = 0;
  /// For HTTP dates, signatures, prices and times to live.
  virtual std::chrono::system_clock::time_point wall_now() = 0;
  /// Runs `task` once, at that time or soon after, never from inside this call.
  virtual Timer sleep_until(std::chrono::steady_clock::time_point time, std::function<void()> task) = 0;
  /// Takes back a timer; one that has run already is ignored.
  virtual void cancel(Timer timer) noexcept = 0;
  /// Runs `task` once, soon, in the order posted, never from inside this call. From any thread.
  virtual void post(std::function<void()> task) = 0;
  /// Whether the caller is on the scheduler's thread.
  virtual bool on_thread() const noexcept = 0;
};

}  // namespace antiphon::inline v0
