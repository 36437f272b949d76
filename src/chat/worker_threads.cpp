#include "chat/worker_threads.hpp"

#include <utility>

namespace antiphon::inline v0::detail {

WorkerThreads::~WorkerThreads() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
    state_->tasks.clear();
  }
  state_->changed.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else {
      thread.join();
    }
  }
}

void WorkerThreads::run(std::function<void()> task) {
  const std::lock_guard lock(state_->mutex);
  state_->tasks.push_back(std::move(task));
  if (state_->idle >= state_->tasks.size()) {
    state_->changed.notify_one();
    return;
  }
  try {
    threads_.emplace_back([state = state_] { work(state); });
  } catch (...) {
    state_->tasks.pop_back();
    throw;
  }
}

void WorkerThreads::work(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  for (;;) {
    ++state->idle;
    state->changed.wait(lock, [&] { return state->closing || !state->tasks.empty(); });
    --state->idle;
    if (state->tasks.empty()) return;
    std::function<void()> task = std::move(state->tasks.front());
    state->tasks.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

}  // namespace antiphon::inline v0::detail
