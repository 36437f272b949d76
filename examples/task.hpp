#pragma once

// The smallest coroutine that a program can wait for. Your own framework's will do as well: everything that this
// library gives to co_await works in any coroutine.

#include <coroutine>
#include <exception>
#include <future>

class Program {
 public:
  struct promise_type {
    Program get_return_object() { return Program(ended.get_future()); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() { ended.set_value(); }
    void unhandled_exception() { ended.set_exception(std::current_exception()); }

    std::promise<void> ended;
  };

  explicit Program(std::future<void> ended) : ended_(std::move(ended)) {}

  /// Blocks until the coroutine has ended; throws what it threw.
  void wait() { ended_.get(); }

 private:
  std::future<void> ended_;
};
