#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <antiphon/logger.hpp>

#include "pipeline/call.hpp"

namespace antiphon::inline v0::detail {

/// Brings the events of calls to loggers on a thread of its own. Bounded: what a slow logger cannot take is counted and
/// lost, and no call waits for it.
class LogQueue : public pipeline::LogSink {
 public:
  static constexpr std::size_t capacity = 1024;

  explicit LogQueue(std::vector<std::shared_ptr<Logger>> loggers);
  /// Waits until the loggers have what is queued.
  ~LogQueue() override;

  void log(LogRecord record) override;

 private:
  /// Shared with the thread, which outlives the queue when a logger destroys its provider.
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<LogRecord> records;
    std::size_t lost = 0;
    bool closing = false;
  };

  static void deliver(const std::shared_ptr<State>& state, const std::vector<std::shared_ptr<Logger>>& loggers);

  std::vector<std::shared_ptr<Logger>> loggers_;
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace antiphon::inline v0::detail
