#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <antiphon/export.hpp>
#include <antiphon/result.hpp>

namespace antiphon::inline v0 {

/// Runs a task somewhere of yours: a user-interface loop, a thread pool. It must run each task once.
using Executor = std::function<void(std::function<void()>)>;

namespace detail {

/// One asynchronous call, shared by the handle that waits for it and the engine that works on it.
class ANTIPHON_EXPORT Operation : public std::enable_shared_from_this<Operation> {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation();

  void executor(Executor executor);
  void start_resuming(std::coroutine_handle<> waiter);
  void start_calling(std::function<void()> callback);
  /// Throws `would_deadlock` on the engine's thread.
  void start_and_wait();
  /// The handle is gone: nobody waits any more.
  void abandon() noexcept;
  /// The result is there; called once, on the engine's thread.
  void complete();

  virtual void cancel() noexcept = 0;

 protected:
  /// Hands the work to the engine. The work never completes from inside this.
  virtual void begin() = 0;
  virtual bool on_engine_thread() const noexcept = 0;
  /// A continuation of the user's threw where nobody can catch it.
  virtual void callback_failed(const char* what) noexcept = 0;
  bool is_abandoned() const noexcept { return state_.load() == abandoned; }

 private:
  enum State : std::uint32_t { idle, waiting, done, abandoned };
  void deliver();

  std::atomic<std::uint32_t> state_{idle};
  std::coroutine_handle<> waiter_;
  std::function<void()> callback_;
  Executor executor_;
};

template <class T>
class ResultOperation : public Operation {
 public:
  std::optional<Result<T>> result;
  std::function<void(Result<T>)> callback;
};

/// Not a template and not inline, so that no compiler keeps its locals in the awaiting coroutine's frame.
class ANTIPHON_EXPORT OperationAwaiter {
 public:
  explicit OperationAwaiter(std::shared_ptr<Operation> operation) : operation_(std::move(operation)) {}
  OperationAwaiter(OperationAwaiter&&) noexcept = default;
  OperationAwaiter& operator=(OperationAwaiter&&) noexcept = delete;
  ~OperationAwaiter();

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);

 protected:
  std::shared_ptr<Operation> operation_;
};

}  // namespace detail

/// A call that has not started yet. It starts when it is awaited (`co_await call`), or given a callback
/// (`std::move(call).then(…)`), or waited for (`std::move(call).get()`), and holds copies of everything it needs.
///
/// The continuation runs on the engine's thread, where it must not block, or where `on` says. Destroying a call that
/// is being awaited cancels it and its continuation never runs; that may happen on any thread, but, as with any
/// coroutine, not while the coroutine is running on another one.
///
/// All arguments may stand inside the `co_await` expression, but one: with g++ 12 a lambda that captures something with
/// a destructor (a string, a shared pointer) must get a name before it, for that compiler destroys it twice there.
template <class T>
class [[nodiscard]] Async {
 public:
  explicit Async(std::shared_ptr<detail::ResultOperation<T>> operation) : operation_(std::move(operation)) {}

  class Awaiter : public detail::OperationAwaiter {
   public:
    explicit Awaiter(std::shared_ptr<detail::ResultOperation<T>> operation)
        : OperationAwaiter(operation), result_(&operation->result) {}
    T await_resume() { return std::move(**result_).value(); }

   private:
    std::optional<Result<T>>* result_;
  };

  class ResultAwaiter : public detail::OperationAwaiter {
   public:
    explicit ResultAwaiter(std::shared_ptr<detail::ResultOperation<T>> operation)
        : OperationAwaiter(operation), result_(&operation->result) {}
    Result<T> await_resume() { return std::move(**result_); }

   private:
    std::optional<Result<T>>* result_;
  };

  /// Gives the value or throws `Error`.
  Awaiter operator co_await() && { return Awaiter(std::move(operation_)); }

  /// The same without throwing: `co_await std::move(call).as_result()`.
  ResultAwaiter as_result() && { return ResultAwaiter(std::move(operation_)); }

  /// Where the continuation runs.
  Async on(Executor executor) && {
    operation_->executor(std::move(executor));
    return std::move(*this);
  }

  /// Starts the call; `callback` gets its result once. What the callback throws is logged and dropped.
  void then(std::function<void(Result<T>)> callback) && {
    detail::ResultOperation<T>* operation = operation_.get();
    operation->callback = std::move(callback);
    // It holds a pointer alone, so that it needs no memory of its own.
    operation->start_calling([operation] {
      const std::function<void(Result<T>)> once = std::move(operation->callback);
      once(std::move(*operation->result));
    });
  }

  /// Starts the call and blocks until it ends. Throws `Error`.
  T get() && { return std::move(*this).get_result().value(); }

  /// The same without throwing, except `would_deadlock` as a result too.
  Result<T> get_result() && {
    try {
      operation_->start_and_wait();
    } catch (const Error& error) {
      return error;
    }
    return std::move(*operation_->result);
  }

  const std::shared_ptr<detail::ResultOperation<T>>& operation() const { return operation_; }

 private:
  std::shared_ptr<detail::ResultOperation<T>> operation_;
};

}  // namespace antiphon::inline v0
