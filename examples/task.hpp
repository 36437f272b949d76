#pragma once

// The smallest coroutine that a program can wait for. Your own framework's will do as well: everything that this
// library gives to co_await works in any coroutine.

#include <coroutine>
#include <exception>
#include <semaphore>
#include <utility>

class Program {
 public:
  struct promise_type {
    Program get_return_object() { return Program(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Signal {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) noexcept { self.promise().done.release(); }
        void await_resume() noexcept {}
      };
      return Signal{};
    }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }

    std::binary_semaphore done{0};
    std::exception_ptr error;
  };

  explicit Program(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Program(Program&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Program() {
    if (handle_) handle_.destroy();
  }

  /// Blocks until the coroutine has ended; throws what it threw.
  void wait() {
    handle_.promise().done.acquire();
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};
