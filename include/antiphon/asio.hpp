#pragma once

// For programs that run on Boost.Asio. Opt-in: it is not part of <antiphon/antiphon.hpp>.

#include <atomic>
#include <coroutine>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <antiphon/asio_scheduler.hpp>
#include <antiphon/async.hpp>
#include <antiphon/chunk.hpp>
#include <antiphon/result.hpp>
#include <antiphon/stream.hpp>

namespace antiphon::inline v0 {

namespace detail {

/// Posts a task that waits for the end of the post: it may end its context, which Asio goes on using for a moment after
/// the task can run.
template <class AsioExecutor, class Task>
void post_to_asio(AsioExecutor executor, Task task) {
  auto posted = std::make_shared<std::atomic<bool>>(false);
  {
    const AsioExecutor last_use = std::move(executor);
    boost::asio::post(last_use, [posted, task = std::move(task)]() mutable {
      posted->wait(false);
      task();
    });
  }
  posted->store(true);
  posted->notify_one();
}

}  // namespace detail

/// An `Executor` that posts to one of Asio's: `co_await provider.async_chat(m).on(asio_executor(io.get_executor()))`.
/// What is posted last may end the context that runs it.
template <class AsioExecutor>
Executor asio_executor(AsioExecutor executor) {
  return
      [executor = std::move(executor)](std::function<void()> task) { detail::post_to_asio(executor, std::move(task)); };
}

namespace detail {

/// A completion handler, and the promise that its executor keeps running until it was called.
template <class Handler>
class AsioHandler {
 public:
  explicit AsioHandler(Handler handler)
      : handler_(std::move(handler)),
        executor_(boost::asio::prefer(boost::asio::get_associated_executor(handler_),
                                      boost::asio::execution::outstanding_work.tracked)) {}

  Handler& get() { return handler_; }

  template <class... Values>
  static void complete(std::shared_ptr<AsioHandler> self, std::exception_ptr error, Values... values) {
    auto executor = self->executor_;
    post_to_asio(std::move(executor), [self = std::move(self), error, ... values = std::move(values)]() mutable {
      boost::asio::get_associated_cancellation_slot(self->handler_).clear();
      Handler handler = std::move(self->handler_);
      self.reset();
      std::move(handler)(error, std::move(values)...);
    });
  }

 private:
  using Associated = boost::asio::associated_executor_t<Handler>;
  using Tracked = std::decay_t<decltype(boost::asio::prefer(std::declval<Associated>(),
                                                            boost::asio::execution::outstanding_work.tracked))>;
  Handler handler_;
  Tracked executor_;
};

struct DetachedRead {
  struct promise_type {
    DetachedRead get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

template <class Handler>
DetachedRead read_next(Stream& stream, std::shared_ptr<AsioHandler<Handler>> handler) {
  const Chunk* chunk = nullptr;
  std::exception_ptr error;
  try {
    chunk = co_await stream.next();
  } catch (...) {
    error = std::current_exception();
  }
  AsioHandler<Handler>::complete(std::move(handler), error, chunk);
}

}  // namespace detail

/// Starts a call and completes an Asio token with its result: `use_awaitable`, `use_future`, a handler
/// `void(std::exception_ptr, T)`, … The handler runs on its associated executor, and its cancellation slot cancels
/// the call.
///
///   Response response = co_await complete_with(provider.async_chat(messages), boost::asio::use_awaitable);
template <class T, class CompletionToken>
auto complete_with(Async<T> call, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr, T)>(
      [](auto handler, Async<T> started) {
        using Holder = detail::AsioHandler<decltype(handler)>;
        auto holder = std::make_shared<Holder>(std::move(handler));
        auto slot = boost::asio::get_associated_cancellation_slot(holder->get());
        if (slot.is_connected()) {
          slot.assign(
              [operation = std::weak_ptr<detail::Operation>(started.operation())](boost::asio::cancellation_type) {
                if (const auto running = operation.lock()) running->cancel();
              });
        }
        std::move(started).then([holder](Result<T> result) mutable {
          if (result) {
            Holder::complete(std::move(holder), std::exception_ptr(), std::move(*result));
          } else {
            Holder::complete(std::move(holder), std::make_exception_ptr(result.error()), T());
          }
        });
      },
      token, std::move(call));
}

/// Reads the next chunk of a stream: `void(std::exception_ptr, const Chunk*)`, null at the end. The stream must live
/// until then; its cancellation slot cancels the stream.
template <class CompletionToken>
auto async_next(Stream& stream, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr, const Chunk*)>(
      [](auto handler, Stream* source) {
        using Holder = detail::AsioHandler<decltype(handler)>;
        auto holder = std::make_shared<Holder>(std::move(handler));
        auto slot = boost::asio::get_associated_cancellation_slot(holder->get());
        if (slot.is_connected()) {
          slot.assign([source](boost::asio::cancellation_type) { source->cancel(); });
        }
        detail::read_next(*source, std::move(holder));
      },
      token, &stream);
}

}  // namespace antiphon::inline v0
