#pragma once

#include <antiphon/simulator.hpp>
#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>

namespace antiphon::inline v0::simulator {

class Recorder;

/// One connection, for the figures. Lives on the simulator's thread.
class Meter {
 public:
  explicit Meter(Recorder& recorder) : recorder_(recorder) {}
  ~Meter();
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  /// Its first request is for the simulator itself: it stays out of the figures, unless a client's request follows.
  void is_control() { decided_ = true; }
  /// It is a client's: from now on it is in the figures. So is one that closes without any request.
  void count();
  bool is_decided() const { return decided_; }
  /// The system took so many bytes.
  void wrote(std::uint64_t bytes);
  /// Number of a counted connection, from 1; 0 of others.
  std::uint64_t id() const { return id_; }

 private:
  friend class Recorder;
  Recorder& recorder_;
  std::uint64_t id_ = 0;
  bool decided_ = false;
  std::chrono::steady_clock::time_point accepted_ = std::chrono::steady_clock::now();
  std::uint64_t written_ = 0;
};

/// Remembers what happened. Written on the simulator's thread, read from any.
class Recorder {
 public:
  // On the simulator's thread.
  /// Its number, from 1. It is open until `request_closed`.
  std::uint64_t request(std::shared_ptr<const RecordedRequest> request, int rule);
  /// A request that nobody will answer.
  void turned_away(std::shared_ptr<const RecordedRequest> request);
  void answered(std::uint64_t connection, std::uint64_t request);
  void disconnected(std::uint64_t connection, std::uint64_t request);
  /// A request is no longer open, whatever became of it.
  void request_closed();
  void stream_opened();
  void stream_closed();
  /// Calls `listener` after every event, until it is removed.
  using Listener = std::function<void()>;
  void add(Listener* listener) { listeners_.insert(listener); }
  void remove(Listener* listener) { listeners_.erase(listener); }

  // From any thread.
  void reset();
  std::vector<RecordedRequest> requests() const;
  SimulatorStats stats() const;
  std::uint64_t count(SimulatorEvent event) const;
  std::vector<SimulatorStamp> events(SimulatorEvent event) const;
  bool wait_for(SimulatorEvent event, std::uint64_t count, std::chrono::milliseconds timeout) const;

 private:
  friend class Meter;
  struct Row {
    std::shared_ptr<const RecordedRequest> request;
    int rule;
  };
  struct Log {
    std::uint64_t count = 0;
    std::deque<SimulatorStamp> stamps;
  };
  Log& log(SimulatorEvent event) { return logs_[static_cast<std::size_t>(event)]; }
  const Log& log(SimulatorEvent event) const { return logs_[static_cast<std::size_t>(event)]; }
  void stamp(SimulatorEvent event, std::uint64_t connection, std::uint64_t request,
             std::chrono::steady_clock::time_point time);
  void keep(std::shared_ptr<const RecordedRequest> request, int rule);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::set<Listener*> listeners_;
  std::array<Log, 5> logs_;
  std::deque<Row> requests_;
  std::uint64_t request_bytes_ = 0;
  SimulatorStats stats_;
  std::uint64_t connections_ = 0;
  std::uint64_t numbered_requests_ = 0;
  std::uint64_t newest_ = 0;  // id of a connection
};

}  // namespace antiphon::inline v0::simulator
