#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <antiphon/scheduler.hpp>
#include <antiphon/timer_queue.hpp>

namespace antiphon::test {

/// A loop as a user's may be: tasks, timers and poll(2), on the thread that calls `run`.
class PollLoop : public SocketScheduler {
 public:
  PollLoop() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~PollLoop() override { ::close(wake_); }

  std::chrono::steady_clock::time_point steady_now() override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall_now() override { return std::chrono::system_clock::now(); }
  Timer sleep_until(std::chrono::steady_clock::time_point time, std::function<void()> task) override {
    return timers_.add(time, std::move(task));
  }
  void cancel(Timer timer) noexcept override { timers_.cancel(timer); }
  void post(std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    (void)::eventfd_write(wake_, 1);
  }
  bool on_thread() const noexcept override { return thread_ == std::this_thread::get_id(); }
  void work_began() override { ++at_work_; }
  void work_ended() override { --at_work_; }
  std::unique_ptr<SocketWatch> watch(int socket, std::function<void(int event)> ready) override {
    return std::make_unique<Watch>(*this, socket, std::move(ready));
  }

  /// As long as there is something to do.
  void run() {
    thread_ = std::this_thread::get_id();
    while (run_tasks() || at_work_ > 0) {
      while (auto task = timers_.take_due(steady_now())) (*task)();
      wait();
    }
    thread_ = std::thread::id();
  }
  std::size_t sockets() const { return watches_.size(); }
  /// How many were closed while they were watched: their numbers may be somebody else's from then on.
  int let_go_too_late() const { return let_go_too_late_; }

 private:
  class Watch : public SocketWatch {
   public:
    Watch(PollLoop& loop, int socket, std::function<void(int)> ready)
        : loop_(loop), socket_(socket), ready_(std::make_shared<std::function<void(int)>>(std::move(ready))) {
      loop_.watches_[socket_] = this;
    }
    ~Watch() override {
      if (::fcntl(socket_, F_GETFD) < 0) ++loop_.let_go_too_late_;
      loop_.watches_.erase(socket_);
    }
    void wait_for(int events) override { events_ = events; }
    int events() const { return events_; }
    std::shared_ptr<std::function<void(int)>> ready() const { return ready_; }

   private:
    PollLoop& loop_;
    int socket_;
    int events_ = 0;
    std::shared_ptr<std::function<void(int)>> ready_;
  };

  bool run_tasks() {
    std::deque<std::function<void()>> tasks;
    {
      const std::lock_guard lock(mutex_);
      tasks.swap(tasks_);
    }
    for (const auto& task : tasks) task();
    return !tasks.empty();
  }

  void wait() {
    std::vector<pollfd> polled{{wake_, POLLIN, 0}};
    for (const auto& [socket, watch] : watches_) {
      const int in = watch->events() & SocketWatch::readable ? POLLIN : 0;
      const int out = watch->events() & SocketWatch::writable ? POLLOUT : 0;
      if (in | out) polled.push_back({socket, static_cast<short>(in | out), 0});
    }
    int timeout = at_work_ > 0 ? 1000 : 0;
    if (const auto next = timers_.next()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - steady_now());
      timeout = static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, timeout));
    }
    if (::poll(polled.data(), polled.size(), timeout) <= 0) return;
    eventfd_t count = 0;
    (void)::eventfd_read(wake_, &count);
    for (const pollfd& each : polled) {
      tell(each, POLLIN, SocketWatch::readable);
      tell(each, POLLOUT, SocketWatch::writable);
    }
  }

  void tell(const pollfd& polled, short wanted, int event) {
    if (polled.fd == wake_ || !(polled.events & wanted) || !(polled.revents & (wanted | POLLERR | POLLHUP))) return;
    const auto found = watches_.find(polled.fd);
    if (found == watches_.end() || !(found->second->events() & event)) return;
    const auto ready = found->second->ready();
    (*ready)(event);
  }

  int wake_;
  TimerQueue timers_;
  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;
  std::map<int, Watch*> watches_;
  int at_work_ = 0;
  int let_go_too_late_ = 0;
  std::thread::id thread_;
};

}  // namespace antiphon::test
