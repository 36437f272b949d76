#pragma once

// Part of <antiphon/asio.hpp>: an engine on an Asio loop of yours. Opt-in, it is not part of <antiphon/antiphon.hpp>.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <antiphon/scheduler.hpp>
#include <antiphon/timer_queue.hpp>

namespace antiphon::inline v0 {

namespace detail {

/// One socket in an Asio loop, in which it stays registered for as long as it is watched, whether anything is waited
/// for or not: registering a connection that is kept for each request would cost two system calls.
class AsioSocket : public std::enable_shared_from_this<AsioSocket> {
 public:
  AsioSocket(boost::asio::io_context& context, int socket, std::function<void(int)> ready)
      : descriptor_(context, socket), ready_(std::move(ready)) {}

  void wait_for(int events) {
    wanted_ = events;
    arm();
  }
  /// What is not wanted any more is not waited for either.
  void rest() {
    if (waiting_ != 0 && wanted_ == 0) descriptor_.cancel();
  }
  void release() {
    open_ = false;
    descriptor_.release();
  }

 private:
  using Base = boost::asio::posix::descriptor_base;

  /// The loop goes on waking for what a socket was once waited for, and one can nearly always be written: without this
  /// each wait for something to read would end at once, for nothing.
  void register_afresh() {
    const int socket = descriptor_.release();
    ++registration_;
    waiting_ = 0;
    once_for_writing_ = false;
    // Where the system has no room for it any more nothing comes, which ends by a timeout.
    boost::system::error_code full;
    descriptor_.assign(socket, full);
  }

  void arm() {
    if (once_for_writing_ && wanted_ == SocketWatch::readable) register_afresh();
    for (const int event : {SocketWatch::readable, SocketWatch::writable}) {
      if (wanted_ & ~waiting_ & event) wait(event);
    }
  }

  void wait(int event) {
    waiting_ |= event;
    if (event == SocketWatch::writable) once_for_writing_ = true;
    descriptor_.async_wait(
        event == SocketWatch::writable ? Base::wait_write : Base::wait_read,
        [self = shared_from_this(), event, registration = registration_](boost::system::error_code error) {
          if (self->open_ && registration == self->registration_) self->came(event, error);
        });
  }

  void came(int event, boost::system::error_code error) {
    waiting_ &= ~event;
    if (error == boost::asio::error::operation_aborted) return arm();
    if (error || !(wanted_ & event)) return;
    ready_(event);
    if (open_) arm();
  }

  // Of the loop's own type: executors of any type cost as much as the wait itself.
  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> descriptor_;
  std::function<void(int)> ready_;
  bool open_ = true;
  int wanted_ = 0;
  int waiting_ = 0;  ///< what the loop was asked for and has not told yet
  bool once_for_writing_ = false;
  unsigned registration_ = 0;
};

/// Tasks, timers and sockets of a scheduler on an Asio loop that one thread runs.
///
/// All timers share one of Asio's, which is set again only when an earlier time is wanted: a timer per request that is
/// taken back in time then costs no system call. Tasks that are posted together are run together.
class AsioSchedulerBase : public SocketScheduler {
 public:
  std::chrono::steady_clock::time_point steady_now() override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall_now() override { return std::chrono::system_clock::now(); }
  Timer sleep_until(std::chrono::steady_clock::time_point time, std::function<void()> task) override {
    const Timer timer = timers_.add(time, std::move(task));
    if (!resting_ && time < armed_for_) arm();
    return timer;
  }
  void cancel(Timer timer) noexcept override { timers_.cancel(timer); }
  void post(std::function<void()> task) override {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = posted_.empty();
      posted_.push_back(std::move(task));
    }
    if (first) post_run();
  }
  std::unique_ptr<SocketWatch> watch(int socket, std::function<void(int event)> ready) override {
    auto state = std::make_shared<AsioSocket>(context_, socket, std::move(ready));
    sockets_.insert(state.get());
    return std::make_unique<Watch>(alive_, std::move(state));
  }

 protected:
  explicit AsioSchedulerBase(boost::asio::io_context& context) : context_(context), timer_(context) {}
  AsioSchedulerBase(const AsioSchedulerBase&) = delete;
  AsioSchedulerBase& operator=(const AsioSchedulerBase&) = delete;
  ~AsioSchedulerBase() override { *alive_ = nullptr; }

  /// Runs what was posted until now; false when that was nothing.
  bool run_tasks() {
    if (next_ == running_.size()) {
      const std::lock_guard lock(mutex_);
      running_.clear();
      next_ = 0;
      running_.swap(posted_);
    }
    if (running_.empty()) return false;
    try {
      while (next_ < running_.size()) std::exchange(running_[next_++], nullptr)();
    } catch (...) {
      // Somebody else's, through a custom transport: the others run all the same.
      post_run();
      throw;
    }
    return true;
  }
  /// For as long as that is said the loop may end, although connections are kept and timers of theirs are set.
  void rest(bool resting) {
    resting_ = resting;
    if (!resting) return arm();
    for (AsioSocket* const socket : sockets_) socket->rest();
    forget_timers();
  }
  void forget_timers() {
    armed_for_ = std::chrono::steady_clock::time_point::max();
    timer_.cancel();
  }
  boost::asio::io_context& context() const { return context_; }

 private:
  using Alive = std::shared_ptr<AsioSchedulerBase*>;

  class Watch : public SocketWatch {
   public:
    Watch(Alive scheduler, std::shared_ptr<AsioSocket> socket)
        : scheduler_(std::move(scheduler)), socket_(std::move(socket)) {}
    ~Watch() override {
      if (*scheduler_) (*scheduler_)->sockets_.erase(socket_.get());
      socket_->release();
    }
    void wait_for(int events) override {
      socket_->wait_for(events);
      if (*scheduler_ && (*scheduler_)->resting_) socket_->rest();
    }

   private:
    Alive scheduler_;
    std::shared_ptr<AsioSocket> socket_;
  };

  void post_run() {
    boost::asio::post(context_, [alive = alive_] {
      if (*alive) (*alive)->run_tasks();
    });
  }

  void arm() {
    const auto next = timers_.next();
    armed_for_ = next.value_or(std::chrono::steady_clock::time_point::max());
    if (!next) return;
    timer_.expires_at(*next);
    timer_.async_wait([alive = alive_](boost::system::error_code error) {
      if (!error && *alive) (*alive)->fire();
    });
  }

  void fire() {
    // Only what was due when this began: a task that sets a timer for now must not keep sockets waiting.
    const auto now = steady_now();
    while (auto task = timers_.take_due(now)) (*task)();
    if (!resting_) arm();
  }

  boost::asio::io_context& context_;
  // Of the loop's own type: executors of any type cost as much as the timer itself.
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  TimerQueue timers_;
  std::chrono::steady_clock::time_point armed_for_ = std::chrono::steady_clock::time_point::max();
  std::set<AsioSocket*> sockets_;
  bool resting_ = false;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;  ///< the others are the loop's thread's alone
  std::vector<std::function<void()>> running_;
  std::size_t next_ = 0;
  /// Handlers in the loop's queue see by it whether this is still there.
  Alive alive_ = std::make_shared<AsioSchedulerBase*>(this);
};

}  // namespace detail

/// An engine's work on an `io_context` of yours, beside your own: no second thread, and what your coroutines read comes
/// to them without one thread waking another.
///
///   boost::asio::io_context io;
///   antiphon::AsioScheduler scheduler(io);
///   antiphon::Engine engine(antiphon::EngineOptions().scheduler(scheduler));
///   auto provider = antiphon::create_provider("ollama/llama3.2", antiphon::ProviderOptions().engine(engine));
///
/// One thread runs the context, and is the scheduler's while it does. `io.run()` returns when neither calls nor work of
/// yours are left: connections that are kept do not hold it, nor do timers that nobody waits for in a call. A blocking
/// call of the library inside of it throws `Error{would_deadlock}`; on another thread it works as long as the context
/// is run. The context must outlive the scheduler; the scheduler the engine, and the functions of tools that the
/// engine's calls run.
///
/// Its destructor, for which nobody may run the context any more, does what was left to do at once: calls that an
/// engine left behind end there, as cancelled.
class AsioScheduler final : public detail::AsioSchedulerBase {
 public:
  explicit AsioScheduler(boost::asio::io_context& context) : AsioSchedulerBase(context) { rest(true); }
  ~AsioScheduler() override {
    while (run_tasks()) {
    }
  }

  bool on_thread() const noexcept override { return context().get_executor().running_in_this_thread(); }
  void work_began() override {
    if (at_work_++ != 0) return;
    work_.emplace(context().get_executor());
    rest(false);
  }
  void work_ended() override {
    if (--at_work_ != 0) return;
    rest(true);
    work_.reset();
  }

 private:
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::size_t at_work_ = 0;
};

}  // namespace antiphon::inline v0
