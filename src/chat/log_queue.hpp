#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include <antiphon/logger.hpp>

#include "chat/leavable_thread.hpp"
#include "pipeline/call.hpp"

namespace antiphon::inline v0::detail {

class EngineCore;

/// Brings the events of calls to loggers on a thread of its own. Bounded: what a slow logger cannot take is counted and
/// lost, and no call waits for it.
class LogQueue : public pipeline::LogSink {
 public:
  static constexpr std::size_t capacity = 1024;

  /// `engine`: the one whose calls are logged.
  LogQueue(std::vector<std::shared_ptr<Logger>> loggers, std::weak_ptr<const EngineCore> engine);
  /// Waits until the loggers have what is queued. On a thread of an engine's the end of the program waits instead.
  ~LogQueue() override;

  void log(LogRecord record) override;

 private:
  /// Shared with the thread, which may outlive the queue.
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<LogRecord> records;
    std::size_t lost = 0;
    bool closing = false;
  };

  bool may_wait() const;
  /// False when it is lost.
  bool take(LogRecord record);
  void start();
  static void tell_lost(const std::vector<std::shared_ptr<Logger>>& loggers, std::size_t lost);
  static void deliver(const std::shared_ptr<State>& state, const std::vector<std::shared_ptr<Logger>>& loggers);

  std::vector<std::shared_ptr<Logger>> loggers_;
  std::weak_ptr<const EngineCore> engine_;
  std::shared_ptr<State> state_;
  LeavableThread thread_;
};

}  // namespace antiphon::inline v0::detail
