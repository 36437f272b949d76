#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

#include "pipeline/frame_pool.hpp"

namespace antiphon::inline v0::pipeline {

/// For a promise: its coroutine's frame comes out of the pool.
struct PooledFrame {
  static void* operator new(std::size_t size) { return FramePool::take(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { FramePool::give_back(frame, size); }
};

/// A coroutine that starts when it is awaited and gives one value. Everything runs on one thread, the scheduler's.
template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type : PooledFrame {
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Resume {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
          return self.promise().continuation;
        }
        void await_resume() noexcept {}
      };
      return Resume{};
    }
    void return_value(T value) { result.template emplace<1>(std::move(value)); }
    void unhandled_exception() { result.template emplace<2>(std::current_exception()); }

    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::variant<std::monostate, T, std::exception_ptr> result;
  };

  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    handle_.promise().continuation = waiter;
    return handle_;
  }
  T await_resume() {
    auto& result = handle_.promise().result;
    if (std::exception_ptr* error = std::get_if<2>(&result)) std::rethrow_exception(*error);
    return std::move(std::get<1>(result));
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

/// Runs a task that nobody awaits; `done` gets its value. The task must not throw.
template <class T, class Done>
void spawn(Task<T> task, Done done) {
  struct Detached {
    struct promise_type : PooledFrame {
      Detached get_return_object() { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
  };
  [](Task<T> inner, Done then) -> Detached {
    T value = co_await inner;
    then(std::move(value));
  }(std::move(task), std::move(done));
}

/// Something that happens once, and the one coroutine that waits for it; it goes on from inside `set`.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void set() {
    set_ = true;
    if (const auto waiter = std::exchange(waiter_, nullptr)) waiter.resume();
  }
  bool is_set() const { return set_; }

  /// g++ 12 awaits a copy of what a function returns by reference; a copy of this one still means the same event.
  class Awaiter {
   public:
    explicit Awaiter(Event& event) : event_(&event) {}
    bool await_ready() const noexcept { return event_->set_; }
    void await_suspend(std::coroutine_handle<> waiter) noexcept { event_->waiter_ = waiter; }
    void await_resume() const noexcept {}

   private:
    Event* event_;
  };
  Awaiter operator co_await() noexcept { return Awaiter(*this); }

 private:
  bool set_ = false;
  std::coroutine_handle<> waiter_ = nullptr;
};

}  // namespace antiphon::inline v0::pipeline
