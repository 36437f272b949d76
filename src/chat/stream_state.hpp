#pragma once

#include <condition_variable>
#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/async.hpp>
#include <antiphon/chunk.hpp>

#include "chat/running_call.hpp"
#include "pipeline/call.hpp"

namespace antiphon::inline v0::detail {

/// What a `Stream` stands for: chunks on their way from the engine's thread to the reader, bounded.
///
/// Chunks change hands in batches, one lock for all that came with one piece of network data.
class StreamState : public pipeline::ChunkOutput, public CallWork, public std::enable_shared_from_this<StreamState> {
 public:
  /// Unread bytes above which no more is taken from the socket.
  static constexpr std::size_t most_unread_bytes = 256 * 1024;

  explicit StreamState(std::shared_ptr<RunningCall> call) : call_(std::move(call)) {}

  // The reader's side: one thread at a time.
  enum class Read { chunk, end, pending };
  /// Starts the call at first. A chunk is in `current` until the next read.
  Read read();
  const Chunk* current() const { return current_; }
  /// After `Read::end`: throws the error of a stream that failed.
  void throw_failure() const;
  const Response* response() const;
  /// Blocks until `read` would not be pending. Throws `would_deadlock`.
  void wait();
  /// False when there is something to read already; else `waiter` goes on once there is.
  bool wait_resuming(std::coroutine_handle<> waiter);
  void forget_waiter();
  void executor(Executor executor) { executor_ = std::move(executor); }
  /// From now on the engine's thread hands every chunk to `reader`, and calls `done` after the last. When the engine
  /// has ended, this thread does.
  void hand_over(std::function<void(const Chunk&)> reader, std::function<void()> done);
  const Result<Response>* outcome() const override { return outcome_ ? &*outcome_ : nullptr; }

  // From any thread.
  void cancel() noexcept;
  /// The reader is gone.
  void abandon() noexcept;
  /// Somebody else reads from now on: the `Stream` may go without harm.
  void take_over() { taken_over_ = true; }
  bool taken_over() const { return taken_over_; }
  RunningCall& call() { return *call_; }

 private:
  // The engine's side.
  void push(Chunk chunk) override;
  void flush() override;
  bool full() const override;
  void on_room(std::function<void()> function) override { on_room_ = std::move(function); }
  pipeline::Task<bool> work(pipeline::Call& call) override;
  void refused(Error error) override;
  void ended() override;

  void start();
  Read take_next();
  void wake(std::unique_lock<std::mutex> lock);
  void resume(std::coroutine_handle<> waiter) noexcept;
  /// Whether the end is there already: if not, it will look for them.
  bool set_user_reader(std::function<void(const Chunk&)> reader, std::function<void()> done);
  void read_for_user();
  void make_room();

  std::shared_ptr<RunningCall> call_;
  Executor executor_;
  bool started_ = false;
  bool taken_over_ = false;

  // Reader only.
  std::vector<Chunk> batch_;
  std::size_t next_in_batch_ = 0;
  const Chunk* current_ = nullptr;
  /// Kept only for whom it matters to.
  std::string text_read_;

  // Engine's thread only.
  std::vector<Chunk> staged_;
  std::function<void()> on_room_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Chunk> ready_;
  std::size_t unread_bytes_ = 0;
  mutable bool wants_room_ = false;
  bool blocked_ = false;
  bool abandoned_ = false;
  bool cancelled_ = false;
  bool finished_ = false;
  bool end_seen_ = false;
  std::coroutine_handle<> waiter_ = nullptr;
  /// A task for it is with the executor.
  bool wake_posted_ = false;
  std::function<void(const Chunk&)> user_reader_;
  std::function<void()> user_done_;
  /// Written before `finished_` is set.
  std::optional<Result<Response>> outcome_;
};

}  // namespace antiphon::inline v0::detail
