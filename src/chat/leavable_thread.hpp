#pragma once

#include <functional>
#include <memory>
#include <thread>

namespace antiphon::inline v0::detail {

/// A thread that its owner may leave to itself. The end of the program waits for those, before what they use, such as
/// the TLS library, is destroyed.
class LeavableThread {
 public:
  LeavableThread() = default;
  LeavableThread(const LeavableThread&) = delete;
  LeavableThread& operator=(const LeavableThread&) = delete;

  /// Throws `std::system_error` when there can be no further thread.
  void start(std::function<void()> work);
  bool joinable() const { return thread_.joinable(); }
  void join() { thread_.join(); }
  /// The end of the program waits for it, whoever else does. From any thread, any number of times; nothing for one that
  /// was not started.
  void leave();
  /// The same, and nobody else will wait.
  void detach();

  /// Whether this very thread is one.
  static bool is_here();
  /// At the end of the program: waits for all that were left, but not for the thread that it is called on.
  static void wait_for_all_left();

 private:
  struct Life;
  static thread_local const Life* here_;

  std::shared_ptr<Life> life_;
  std::thread thread_;
};

}  // namespace antiphon::inline v0::detail
