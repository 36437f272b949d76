#pragma once

#include <coroutine>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

#include <antiphon/async.hpp>
#include <antiphon/chunk.hpp>
#include <antiphon/export.hpp>
#include <antiphon/response.hpp>
#include <antiphon/result.hpp>

namespace antiphon::inline v0 {

namespace detail {
class StreamState;
}

/// An answer that arrives piece by piece. It starts with the first read: `for (const Chunk& chunk : stream)`,
/// `co_await stream.next()`, `collect()` or `for_each`.
///
/// It has exactly one end. A stream that was cut, ended without the provider's finish mark, or was answered by an
/// error in its middle throws `Error` with what had arrived in `partial()`; only a complete answer ends quietly.
/// A slow reader slows the sender down: at most about 256 KiB wait unread. Leaving the loop early, `cancel()` and
/// destruction close the connection.
///
/// One reader at a time; `cancel()` may be called from any thread.
class [[nodiscard]] ANTIPHON_EXPORT Stream {
 public:
  explicit Stream(std::shared_ptr<detail::StreamState> state);
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  class ANTIPHON_EXPORT iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Chunk;
    using difference_type = std::ptrdiff_t;

    const Chunk& operator*() const { return *chunk_; }
    const Chunk* operator->() const { return chunk_; }
    /// Blocks for the next chunk; throws `Error`.
    iterator& operator++();
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& i, std::default_sentinel_t) { return i.chunk_ == nullptr; }

   private:
    friend class Stream;
    explicit iterator(detail::StreamState* state) : state_(state) {}
    detail::StreamState* state_;
    const Chunk* chunk_ = nullptr;
  };

  /// Blocks for the first chunk; throws `Error`.
  iterator begin();
  std::default_sentinel_t end() const { return {}; }

  class [[nodiscard]] ANTIPHON_EXPORT NextAwaiter {
   public:
    explicit NextAwaiter(detail::StreamState* state) : state_(state) {}
    NextAwaiter(const NextAwaiter&) = delete;
    ~NextAwaiter();
    bool await_ready();
    bool await_suspend(std::coroutine_handle<> waiter);
    const Chunk* await_resume();

   private:
    detail::StreamState* state_;
    bool suspended_ = false;
  };

  /// `co_await stream.next()` gives the next chunk, or null at the end, or throws `Error`. The chunk lives until the
  /// next read.
  NextAwaiter next() { return NextAwaiter(state_.get()); }

  /// Reads what is left and gives the whole answer, the chunks read before included: equal to what `chat` gives.
  /// These take the reading over: the stream may be destroyed before they end.
  Response collect();
  Result<Response> try_collect();
  Async<Response> async_collect();

  /// Gives every chunk to `reader`, then the whole answer. A reader that throws ends the stream with its exception's
  /// text as `ErrorKind::internal`.
  Async<Response> for_each(std::function<void(const Chunk&)> reader);

  /// The whole answer, once the stream was read to its good end; null before, and after a failure.
  const Response* response() const;

  /// Ends the stream with `Error{cancelled}`; from any thread, without harm at any time.
  void cancel() noexcept;

  /// Where coroutines that await this stream go on.
  Stream on(Executor executor) &&;

 private:
  std::shared_ptr<detail::StreamState> state_;
};

}  // namespace antiphon::inline v0
