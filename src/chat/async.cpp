#include <antiphon/async.hpp>

namespace antiphon::inline v0::detail {

Operation::~Operation() = default;

void Operation::executor(Executor executor) { executor_ = std::move(executor); }

void Operation::start_resuming(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  state_.store(waiting);
  begin();
}

void Operation::start_calling(std::function<void()> callback) {
  callback_ = std::move(callback);
  state_.store(waiting);
  begin();
}

void Operation::start_and_wait() {
  if (on_engine_thread()) {
    throw Error(ErrorKind::would_deadlock,
                "a blocking call on the engine's own thread would wait for itself; co_await it or give it a callback");
  }
  state_.store(waiting);
  begin();
  state_.wait(waiting);
}

void Operation::abandon() noexcept {
  if (state_.exchange(abandoned) == waiting) cancel();
}

void Operation::complete() {
  if (executor_ && (waiter_ || callback_)) {
    try {
      executor_([self = shared_from_this()] { self->deliver(); });
    } catch (const std::exception& error) {
      // An executor that refuses the task has decided that nobody goes on.
      callback_failed(error.what());
    } catch (...) {
      callback_failed("something that is no exception");
    }
    return;
  }
  deliver();
}

void Operation::deliver() {
  std::uint32_t expected = waiting;
  if (!state_.compare_exchange_strong(expected, done)) return;
  state_.notify_all();
  if (waiter_ || callback_) {
    // A continuation has nobody to throw at, and the engine's thread must go on.
    try {
      waiter_ ? waiter_.resume() : std::exchange(callback_, nullptr)();
    } catch (const std::exception& error) {
      callback_failed(error.what());
    } catch (...) {
      callback_failed("something that is no exception");
    }
  }
}

OperationAwaiter::~OperationAwaiter() {
  if (operation_) operation_->abandon();
}

// Out of line on purpose: see the class. From `begin` on the coroutine may run, and be gone, on another thread.
[[gnu::noinline]] void OperationAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  const std::shared_ptr<Operation> operation = operation_;
  operation->start_resuming(waiter);
}

}  // namespace antiphon::inline v0::detail
