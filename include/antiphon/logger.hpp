#pragma once

#include <chrono>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

enum class LogLevel { debug, info, warning, error };

ANTIPHON_EXPORT std::string_view to_string(LogLevel level);

/// One event of a call. Keys, and what users and models said, are never in it.
class ANTIPHON_EXPORT LogRecord {
 public:
  LogRecord(LogLevel level, std::string event) : level_(level), event_(std::move(event)) {}

  LogLevel level() const { return level_; }
  /// What happened, in stable words: `call.start`, `attempt.start`, `attempt.end`, `call.end`, …
  const std::string& event() const { return event_; }
  std::chrono::system_clock::time_point time() const { return time_; }
  /// Details by name, in the order they were added.
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

  LogRecord& time(std::chrono::system_clock::time_point value) { return time_ = value, *this; }
  LogRecord& field(std::string name, std::string value);

 private:
  LogLevel level_;
  std::string event_;
  std::chrono::system_clock::time_point time_;
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Receives the events of calls, one at a time, on a thread of the engine's own: it may block. Events wait in a
/// queue of 1024; a logger that is slower loses the newest, and `lost` tells how many before the next one it gets. So
/// it is with those for which the system gave no thread. Who destroys the last handle of a provider waits until its
/// loggers have what is queued, but not on an engine's thread; the end of the program waits in any case.
class ANTIPHON_EXPORT Logger {
 public:
  virtual ~Logger();
  virtual void log(const LogRecord& record) = 0;
  virtual void lost(std::size_t count);
};

}  // namespace antiphon::inline v0
