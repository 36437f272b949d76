#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace antiphon::inline v0::detail {

/// Threads that run what may block. There are as many as ran at the same time: with a bound, a tool that asks a model
/// with tools could wait for a thread that it holds itself.
class WorkerThreads {
 public:
  WorkerThreads() = default;
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;
  /// Waits for what runs; what was not begun is dropped.
  ~WorkerThreads();

  /// From any thread. Throws `std::system_error` when there can be no further thread.
  void run(std::function<void()> task);

  /// What runs on this very thread, if it is such a one, will not return: nobody waits for it any more.
  static void give_up_this_one();

 private:
  /// Shared with the threads: one of them may be the last to let go of the engine.
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> tasks;
    std::size_t idle = 0;
    bool closing = false;
    std::set<std::thread::id> given_up;
  };
  static void work(const std::shared_ptr<State>& state);
  static thread_local State* here_;

  std::shared_ptr<State> state_ = std::make_shared<State>();
  std::vector<std::thread> threads_;
};

}  // namespace antiphon::inline v0::detail
