#include "chat/log_queue.hpp"

#include <utility>

#include "chat/engine_core.hpp"

namespace antiphon::inline v0::detail {

namespace {

// A logger that throws loses the record; there is nobody else to tell.
template <class F>
void quietly(F&& call) noexcept {
  try {
    call();
  } catch (...) {
  }
}

}  // namespace

LogQueue::LogQueue(std::vector<std::shared_ptr<Logger>> loggers, std::weak_ptr<const EngineCore> engine)
    : loggers_(std::move(loggers)), engine_(std::move(engine)), state_(std::make_shared<State>()) {}

LogQueue::~LogQueue() {
  if (!thread_.joinable()) return;
  const bool waits = may_wait();
  if (!waits) thread_.detach();
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
  }
  state_->changed.notify_one();
  if (waits) thread_.join();
}

bool LogQueue::may_wait() const {
  if (LeavableThread::is_here()) return false;
  const std::shared_ptr<const EngineCore> engine = engine_.lock();
  return !engine || !engine->on_thread();
}

void LogQueue::log(LogRecord record) {
  {
    const std::lock_guard lock(state_->mutex);
    if (!take(std::move(record))) {
      ++state_->lost;
      return;
    }
  }
  state_->changed.notify_one();
}

bool LogQueue::take(LogRecord record) {
  if (state_->records.size() >= capacity) return false;
  try {
    if (!thread_.joinable()) start();
    state_->records.push_back(std::move(record));
    return true;
  } catch (...) {
    // No thread, or no memory: perhaps with the next record.
    return false;
  }
}

void LogQueue::start() {
  thread_.start([state = state_, loggers = loggers_, lost = state_->lost] {
    tell_lost(loggers, lost);
    deliver(state, loggers);
  });
  state_->lost = 0;
}

void LogQueue::tell_lost(const std::vector<std::shared_ptr<Logger>>& loggers, std::size_t lost) {
  if (lost == 0) return;
  for (const auto& logger : loggers) quietly([&] { logger->lost(lost); });
}

void LogQueue::deliver(const std::shared_ptr<State>& state, const std::vector<std::shared_ptr<Logger>>& loggers) {
  std::unique_lock lock(state->mutex);
  for (;;) {
    state->changed.wait(lock, [&] { return state->closing || !state->records.empty() || state->lost != 0; });
    if (state->records.empty() && state->lost == 0) return;
    const std::size_t lost = std::exchange(state->lost, 0);
    std::deque<LogRecord> records;
    records.swap(state->records);
    lock.unlock();
    for (const auto& logger : loggers) {
      for (const LogRecord& record : records) quietly([&] { logger->log(record); });
    }
    tell_lost(loggers, lost);
    lock.lock();
  }
}

}  // namespace antiphon::inline v0::detail
