#include "chat/worker_threads.hpp"

#include <utility>

namespace antiphon::inline v0::detail {

thread_local WorkerThreads::State* WorkerThreads::here_ = nullptr;

WorkerThreads::~WorkerThreads() {
  std::set<std::thread::id> left_alone;
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
    state_->tasks.clear();
    left_alone = state_->given_up;
  }
  state_->changed.notify_all();
  left_alone.insert(std::this_thread::get_id());
  for (std::thread& thread : threads_) {
    if (left_alone.contains(thread.get_id())) {
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

void WorkerThreads::give_up_this_one() {
  if (!here_) return;
  const std::lock_guard lock(here_->mutex);
  here_->given_up.insert(std::this_thread::get_id());
}

void WorkerThreads::work(const std::shared_ptr<State>& state) {
  here_ = state.get();
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
