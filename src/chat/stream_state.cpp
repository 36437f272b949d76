#include "chat/stream_state.hpp"

#include <exception>
#include <utility>

#include "chat/call_operation.hpp"
#include "pipeline/pipeline.hpp"

namespace antiphon::inline v0::detail {

namespace {

/// A continuation of the user's has nobody to throw at, and the engine's thread must go on.
template <class F>
void guarded(const ProviderCore& provider, F&& continuation) noexcept {
  try {
    continuation();
  } catch (const std::exception& error) {
    log_callback_failure(provider, error.what());
  } catch (...) {
    log_callback_failure(provider, "something that is no exception");
  }
}

}  // namespace

void StreamState::start() {
  if (std::exchange(started_, true)) return;
  call_->start(shared_from_this(), this);
}

StreamState::Read StreamState::read() {
  if (next_in_batch_ < batch_.size()) return take_next();
  start();
  batch_.clear();
  next_in_batch_ = 0;
  current_ = nullptr;
  bool room = false;
  {
    const std::lock_guard lock(mutex_);
    if (ready_.empty()) {
      end_seen_ = finished_;
      return finished_ ? Read::end : Read::pending;
    }
    batch_.swap(ready_);
    unread_bytes_ = 0;
    room = std::exchange(wants_room_, false);
  }
  if (room) make_room();
  return take_next();
}

StreamState::Read StreamState::take_next() {
  current_ = &batch_[next_in_batch_++];
  if (!taken_over_ && call_->is_heard() && current_->choice() == 0) text_read_ += current_->content();
  return Read::chunk;
}

void StreamState::make_room() {
  call_->provider().engine->post([self = shared_from_this()] {
    if (self->on_room_) self->on_room_();
  });
}

void StreamState::throw_failure() const {
  if (outcome_ && !*outcome_) throw Error(outcome_->error());
}

const Response* StreamState::response() const {
  const std::lock_guard lock(mutex_);
  return end_seen_ && *outcome_ ? &**outcome_ : nullptr;
}

void StreamState::wait() {
  if (call_->provider().engine->on_thread()) {
    throw Error(ErrorKind::would_deadlock,
                "reading a stream on the engine's own thread would wait for itself; co_await its next()");
  }
  std::unique_lock lock(mutex_);
  blocked_ = true;
  changed_.wait(lock, [this] { return !ready_.empty() || finished_; });
  blocked_ = false;
}

bool StreamState::wait_resuming(std::coroutine_handle<> waiter) {
  const std::lock_guard lock(mutex_);
  if (!ready_.empty() || finished_) return false;
  waiter_ = waiter;
  return true;
}

void StreamState::forget_waiter() {
  const std::lock_guard lock(mutex_);
  waiter_ = nullptr;
}

void StreamState::cancel() noexcept {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  call_->cancel();
}

void StreamState::abandon() noexcept {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    waiter_ = nullptr;
    if (finished_) return;
  }
  // Who took the reading over may still be reading, on another thread.
  if (started_) call_->abandon(taken_over_ ? std::string() : text_read_);
}

void StreamState::push(Chunk chunk) { staged_.push_back(std::move(chunk)); }

void StreamState::flush() {
  if (staged_.empty()) return;
  std::unique_lock lock(mutex_);
  if (abandoned_) {
    staged_.clear();
    return;
  }
  for (const Chunk& chunk : staged_) unread_bytes_ += sizeof(Chunk) + chunk.text().size() + chunk.audio().size();
  if (ready_.empty()) {
    ready_.swap(staged_);
  } else {
    ready_.insert(ready_.end(), std::make_move_iterator(staged_.begin()), std::make_move_iterator(staged_.end()));
  }
  staged_.clear();
  wake(std::move(lock));
}

bool StreamState::full() const {
  const std::lock_guard lock(mutex_);
  wants_room_ = unread_bytes_ > most_unread_bytes;
  return wants_room_;
}

void StreamState::wake(std::unique_lock<std::mutex> lock) {
  if (user_reader_) {
    lock.unlock();
    read_for_user();
  } else if (blocked_) {
    lock.unlock();
    changed_.notify_one();
  } else if (waiter_ && executor_) {
    if (std::exchange(wake_posted_, true)) return;
    lock.unlock();
    // The waiter stays registered until the task runs: it may be destroyed in between.
    const auto task = [self = shared_from_this()] {
      std::unique_lock relock(self->mutex_);
      self->wake_posted_ = false;
      // Another waiter than the one it was posted for may have read everything.
      if (self->ready_.empty() && !self->finished_) return;
      const auto waiter = std::exchange(self->waiter_, nullptr);
      relock.unlock();
      if (waiter) self->resume(waiter);
    };
    guarded(call_->provider(), [&] {
      try {
        executor_(task);
      } catch (...) {
        const std::lock_guard relock(mutex_);
        wake_posted_ = false;
        throw;
      }
    });
  } else if (waiter_) {
    const auto waiter = std::exchange(waiter_, nullptr);
    lock.unlock();
    resume(waiter);
  }
}

void StreamState::resume(std::coroutine_handle<> waiter) noexcept {
  // The coroutine may end the stream, and with it this.
  const auto self = shared_from_this();
  guarded(call_->provider(), [&] { waiter.resume(); });
}

void StreamState::hand_over(std::function<void(const Chunk&)> reader, std::function<void()> done) {
  start();
  const bool posted = call_->provider().engine->post([self = shared_from_this(), reader, done]() mutable {
    self->set_user_reader(std::move(reader), std::move(done));
    self->read_for_user();
  });
  // The engine takes no more tasks, but that of the call, which ends it, may still wait for its turn.
  if (!posted && set_user_reader(std::move(reader), std::move(done))) read_for_user();
}

bool StreamState::set_user_reader(std::function<void(const Chunk&)> reader, std::function<void()> done) {
  const std::lock_guard lock(mutex_);
  user_reader_ = std::move(reader);
  user_done_ = std::move(done);
  return finished_;
}

void StreamState::read_for_user() {
  const auto self = shared_from_this();
  Read state;
  while ((state = read()) == Read::chunk) {
    try {
      if (user_reader_) user_reader_(*current_);
    } catch (const std::exception& error) {
      user_reader_ = [](const Chunk&) {};
      call_->cancel(Error(ErrorKind::internal, std::string("the reader of the stream threw: ") + error.what()));
    } catch (...) {
      user_reader_ = [](const Chunk&) {};
      call_->cancel(Error(ErrorKind::internal, "the reader of the stream threw"));
    }
  }
  if (state == Read::end && user_done_) std::exchange(user_done_, nullptr)();
}

pipeline::Task<bool> StreamState::work(pipeline::Call& call) {
  {
    // Cancelled between its start and now.
    const std::lock_guard lock(mutex_);
    if (cancelled_) call.cancel.cancel(Error(ErrorKind::cancelled, "the call was cancelled"));
  }
  pipeline::Outcome outcome = co_await pipeline::run(call);
  outcome_ = std::move(outcome).take();
  co_return true;
}

void StreamState::refused(Error error) { outcome_ = Result<Response>(std::move(error)); }

void StreamState::ended() {
  std::unique_lock lock(mutex_);
  finished_ = true;
  wake(std::move(lock));
}

}  // namespace antiphon::inline v0::detail

namespace antiphon::inline v0 {

namespace {

/// Reads a stream to its end on the engine's thread.
class CollectOperation : public detail::ResultOperation<Response> {
 public:
  CollectOperation(std::shared_ptr<detail::StreamState> state, std::function<void(const Chunk&)> reader)
      : state_(std::move(state)), reader_(std::move(reader)) {
    state_->take_over();
  }
  ~CollectOperation() override {
    if (!begun_) state_->abandon();
  }

  void cancel() noexcept override { is_abandoned() ? state_->abandon() : state_->cancel(); }

 protected:
  void begin() override {
    begun_ = true;
    const auto self = std::static_pointer_cast<CollectOperation>(shared_from_this());
    state_->hand_over(std::move(reader_), [self] {
      self->result = *self->state_->outcome();
      self->complete();
    });
  }
  bool on_engine_thread() const noexcept override { return state_->call().provider().engine->on_thread(); }
  void callback_failed(const char* what) noexcept override {
    detail::log_callback_failure(state_->call().provider(), what);
  }

 private:
  std::shared_ptr<detail::StreamState> state_;
  std::function<void(const Chunk&)> reader_;
  bool begun_ = false;
};

void let_go(const std::shared_ptr<detail::StreamState>& state) {
  if (state && !state->taken_over()) state->abandon();
}

}  // namespace

Stream::Stream(std::shared_ptr<detail::StreamState> state) : state_(std::move(state)) {}
Stream::Stream(Stream&&) noexcept = default;

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    let_go(state_);
    state_ = std::move(other.state_);
  }
  return *this;
}

Stream::~Stream() { let_go(state_); }

Stream::iterator& Stream::iterator::operator++() {
  using Read = detail::StreamState::Read;
  Read state;
  while ((state = state_->read()) == Read::pending) state_->wait();
  chunk_ = state_->current();
  if (state == Read::end) state_->throw_failure();
  return *this;
}

Stream::iterator Stream::begin() {
  iterator first(state_.get());
  return ++first;
}

bool Stream::NextAwaiter::await_ready() { return state_->read() != detail::StreamState::Read::pending; }

// Out of line on purpose, see `detail::OperationAwaiter`: once the state knows the waiter, this may be gone.
[[gnu::noinline]] bool Stream::NextAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  suspended_ = true;
  return state_->wait_resuming(waiter);
}

const Chunk* Stream::NextAwaiter::await_resume() {
  if (suspended_) state_->read();
  suspended_ = false;
  if (!state_->current()) state_->throw_failure();
  return state_->current();
}

Stream::NextAwaiter::~NextAwaiter() {
  if (suspended_) state_->forget_waiter();
}

Response Stream::collect() { return async_collect().get(); }
Result<Response> Stream::try_collect() { return async_collect().get_result(); }

Async<Response> Stream::async_collect() {
  return for_each([](const Chunk&) {});
}

Async<Response> Stream::for_each(std::function<void(const Chunk&)> reader) {
  return Async<Response>(std::make_shared<CollectOperation>(state_, std::move(reader)));
}

const Response* Stream::response() const { return state_->response(); }

void Stream::cancel() noexcept { state_->cancel(); }

Stream Stream::on(Executor executor) && {
  state_->executor(std::move(executor));
  return std::move(*this);
}

}  // namespace antiphon::inline v0
