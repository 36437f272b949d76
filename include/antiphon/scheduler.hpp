#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

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
  /// Told on the scheduler's thread when an engine has something to do, and when it has no more: a loop that ends when
  /// nothing is left must go on in between, whatever it waits for. Calls of several engines nest. Default: nothing.
  virtual void work_began();
  virtual void work_ended();
};

/// A socket that somebody else opens and closes. On the scheduler's thread only.
class ANTIPHON_EXPORT SocketWatch {
 public:
  /// What a socket is waited for, and what has come; a sum of both where several may be meant.
  static constexpr int readable = 1;
  static constexpr int writable = 2;

  /// Takes the socket out of the loop, before it is closed; its `ready` is not called any more. May be destroyed from
  /// inside of that.
  virtual ~SocketWatch();
  /// From now on `ready` is called for these events again and again as long as they last; 0 waits for none.
  virtual void wait_for(int events) = 0;
};

/// A scheduler whose loop also waits for sockets, as those of Asio, Qt, GLib and libuv do: all that an engine needs to
/// run on a loop of yours, with libcurl and without a thread of its own. `AsioScheduler` in `<antiphon/asio.hpp>` is
/// one.
class ANTIPHON_EXPORT SocketScheduler : public Scheduler {
 public:
  /// Watches a socket. `ready` is called on the scheduler's thread, never from inside of a function of this or of the
  /// watch, with one event at a time; an error of the socket counts as each event that is waited for. Throws what
  /// derives from `std::exception` when the system has no room for it.
  virtual std::unique_ptr<SocketWatch> watch(int socket, std::function<void(int event)> ready) = 0;
};

}  // namespace antiphon::inline v0
