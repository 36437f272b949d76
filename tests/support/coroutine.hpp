#pragma once

#include <coroutine>
#include <exception>
#include <future>
#include <utility>

namespace antiphon::test {

/// A coroutine that a test can wait for, or destroy while it is suspended.
class Coroutine {
 public:
  struct promise_type {
    Coroutine get_return_object() {
      return Coroutine(std::coroutine_handle<promise_type>::from_promise(*this), ended.get_future());
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
    // The last thing in the frame's life, after its locals: whoever waits finds nothing left of it.
    ~promise_type() { ended.set_value(error); }

    std::promise<std::exception_ptr> ended;
    std::exception_ptr error;
  };

  Coroutine(std::coroutine_handle<promise_type> handle, std::future<std::exception_ptr> ended)
      : handle_(handle), ended_(std::move(ended)) {}
  Coroutine(Coroutine&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)), ended_(std::move(other.ended_)) {}
  Coroutine& operator=(Coroutine&&) = delete;
  ~Coroutine() = default;

  /// Blocks until the end; throws what the coroutine threw.
  void wait() {
    if (const std::exception_ptr error = ended_.get()) std::rethrow_exception(error);
  }
  /// Only while it is suspended.
  void destroy() { std::exchange(handle_, nullptr).destroy(); }

 private:
  std::coroutine_handle<promise_type> handle_;
  std::future<std::exception_ptr> ended_;
};

}  // namespace antiphon::test
