#include "transport/asio_scheduler.hpp"

#include <boost/asio/post.hpp>

namespace antiphon::inline v0::transport {

AsioScheduler::AsioScheduler() : work_(boost::asio::make_work_guard(context_)), timer_(context_) {}

void AsioScheduler::run() {
  thread_ = std::this_thread::get_id();
  context_.run();
}

void AsioScheduler::stop() {
  boost::asio::post(context_, [this] {
    timer_.cancel();
    work_.reset();
  });
}

std::chrono::steady_clock::time_point AsioScheduler::steady_now() { return std::chrono::steady_clock::now(); }

std::chrono::system_clock::time_point AsioScheduler::wall_now() { return std::chrono::system_clock::now(); }

Scheduler::Timer AsioScheduler::sleep_until(std::chrono::steady_clock::time_point time, std::function<void()> task) {
  const Timer timer = queue_.add(time, std::move(task));
  if (time < armed_for_) arm();
  return timer;
}

void AsioScheduler::cancel(Timer timer) noexcept { queue_.cancel(timer); }

void AsioScheduler::post(std::function<void()> task) { boost::asio::post(context_, std::move(task)); }

bool AsioScheduler::on_thread() const noexcept { return thread_.load() == std::this_thread::get_id(); }

void AsioScheduler::arm() {
  const auto next = queue_.next();
  if (!next) {
    armed_for_ = std::chrono::steady_clock::time_point::max();
    return;
  }
  armed_for_ = *next;
  timer_.expires_at(*next);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) fire();
  });
}

void AsioScheduler::fire() {
  // Only what was due when this began: a task that sets a timer for now must not keep sockets waiting.
  const auto now = steady_now();
  while (auto task = queue_.take_due(now)) (*task)();
  arm();
}

}  // namespace antiphon::inline v0::transport
