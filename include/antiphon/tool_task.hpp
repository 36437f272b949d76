#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

namespace detail {

// Not templates and not inline, so that no compiler keeps their locals in the frame of the coroutine that awaits.
class ANTIPHON_EXPORT TaskEnd {
 public:
  explicit TaskEnd(std::coroutine_handle<> continuation) noexcept : continuation_(continuation) {}
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> ended) noexcept;
  void await_resume() const noexcept {}

 private:
  std::coroutine_handle<> continuation_;
};

class ANTIPHON_EXPORT TaskPromise {
 public:
  std::suspend_always initial_suspend() const noexcept { return {}; }
  TaskEnd final_suspend() const noexcept { return TaskEnd(continuation_); }
  void unhandled_exception() noexcept { error_ = std::current_exception(); }

  void continuation(std::coroutine_handle<> value) noexcept { continuation_ = value; }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
  std::exception_ptr error_;
};

class ANTIPHON_EXPORT TaskAwaiter {
 public:
  TaskAwaiter(std::coroutine_handle<> task, TaskPromise& promise) noexcept : task_(task), promise_(&promise) {}
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept;

 private:
  std::coroutine_handle<> task_;
  TaskPromise* promise_;
};

/// Where the value of a task waits for whoever awaits it.
template <class T>
class TaskValue {
 public:
  void return_value(T value) { value_.emplace(std::move(value)); }

 protected:
  T taken() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class TaskValue<void> {
 public:
  void return_void() const noexcept {}

 protected:
  void taken() const noexcept {}
};

}  // namespace detail

/// A coroutine that gives one value, or none (`ToolTask<void>`), for tools whose functions await something: it starts when it is awaited. Coroutine
/// types of your own will do as well.
///
///   [provider](const Question& q) -> ToolTask<std::string> {
///     Response answer = co_await provider.async_chat(q.text);
///     co_return answer.content();
///   }
template <class T>
class [[nodiscard]] ToolTask {
 public:
  class promise_type : public detail::TaskPromise, public detail::TaskValue<T> {
   public:
    ToolTask get_return_object() { return ToolTask(std::coroutine_handle<promise_type>::from_promise(*this)); }
    T take() {
      this->rethrow();
      return this->taken();
    }
  };

  class Awaiter : public detail::TaskAwaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> task) : TaskAwaiter(task, task.promise()), of_(task) {}
    T await_resume() { return of_.promise().take(); }

   private:
    std::coroutine_handle<promise_type> of_;
  };

  ToolTask(ToolTask&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ToolTask& operator=(ToolTask&&) = delete;
  ~ToolTask() {
    if (handle_) handle_.destroy();
  }

  Awaiter operator co_await() && noexcept { return Awaiter(handle_); }

 private:
  explicit ToolTask(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace antiphon::inline v0
