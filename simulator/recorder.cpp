#include "recorder.hpp"

#include <algorithm>

#include "text.hpp"

namespace antiphon::inline v0 {

namespace {

constexpr std::size_t most_stamps = 10000;
constexpr std::size_t most_requests = 10000;
constexpr std::uint64_t most_request_bytes = std::uint64_t{128} << 20;

std::uint64_t size_of(const RecordedRequest& request) {
  std::uint64_t size = request.method.size() + request.target.size() + request.body.size();
  for (const auto& [name, value] : request.headers) size += name.size() + value.size();
  return size;
}

}  // namespace

std::string_view RecordedRequest::header(std::string_view name) const {
  const std::string* value = simulator::find_header(headers, name);
  return value ? std::string_view(*value) : std::string_view();
}

std::string_view RecordedRequest::path() const { return std::string_view(target).substr(0, target.find('?')); }

namespace simulator {

Meter::~Meter() {
  if (!decided_) count();
  if (id_ == 0) return;
  recorder_.stamp(SimulatorEvent::close, id_, 0, std::chrono::steady_clock::now());
}

void Meter::count() {
  decided_ = true;
  if (id_ != 0) return;
  {
    const std::lock_guard lock(recorder_.mutex_);
    id_ = ++recorder_.connections_;
    recorder_.newest_ = id_;
    recorder_.stats_.newest_connection_bytes_written = 0;
    ++recorder_.stats_.connections_open;
  }
  recorder_.stamp(SimulatorEvent::connection, id_, 0, accepted_);
}

void Meter::wrote(std::uint64_t bytes) {
  if (id_ == 0) return;
  const std::lock_guard lock(recorder_.mutex_);
  written_ += bytes;
  recorder_.stats_.bytes_written += bytes;
  if (recorder_.newest_ == id_) recorder_.stats_.newest_connection_bytes_written = written_;
}

void Recorder::stamp(SimulatorEvent event, std::uint64_t connection, std::uint64_t request,
                     std::chrono::steady_clock::time_point time) {
  {
    const std::lock_guard lock(mutex_);
    if (event == SimulatorEvent::close) --stats_.connections_open;
    SimulatorStamp stamp;
    stamp.event = event;
    stamp.time = time;
    stamp.connection = connection;
    stamp.request = request;
    Log& of_kind = log(event);
    ++of_kind.count;
    of_kind.stamps.push_back(stamp);
    if (of_kind.stamps.size() > most_stamps) of_kind.stamps.pop_front();
  }
  changed_.notify_all();
  const std::set<Listener*> listeners = listeners_;
  for (Listener* listener : listeners) (*listener)();
}

std::uint64_t Recorder::request(std::shared_ptr<const RecordedRequest> request, int rule) {
  const std::uint64_t connection = request->connection;
  const auto time = request->time;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++numbered_requests_;
    ++stats_.requests_open;
    stats_.requests_open_peak = std::max(stats_.requests_open_peak, stats_.requests_open);
    keep(std::move(request), rule);
  }
  stamp(SimulatorEvent::request, connection, number, time);
  return number;
}

void Recorder::turned_away(std::shared_ptr<const RecordedRequest> request) {
  const std::uint64_t connection = request->connection;
  const auto time = request->time;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++numbered_requests_;
    keep(std::move(request), -1);
  }
  stamp(SimulatorEvent::request, connection, number, time);
}

/// The caller holds the lock.
void Recorder::keep(std::shared_ptr<const RecordedRequest> request, int rule) {
  request_bytes_ += size_of(*request);
  requests_.push_back(Row{std::move(request), rule});
  while (requests_.size() > most_requests || (request_bytes_ > most_request_bytes && requests_.size() > 1)) {
    request_bytes_ -= size_of(*requests_.front().request);
    requests_.pop_front();
    ++stats_.requests_forgotten;
  }
}

void Recorder::answered(std::uint64_t connection, std::uint64_t request) {
  stamp(SimulatorEvent::answered, connection, request, std::chrono::steady_clock::now());
}

void Recorder::disconnected(std::uint64_t connection, std::uint64_t request) {
  stamp(SimulatorEvent::disconnect, connection, request, std::chrono::steady_clock::now());
}

void Recorder::request_closed() {
  const std::lock_guard lock(mutex_);
  --stats_.requests_open;
}

void Recorder::stream_opened() {
  const std::lock_guard lock(mutex_);
  ++stats_.streams_open;
}

void Recorder::stream_closed() {
  const std::lock_guard lock(mutex_);
  --stats_.streams_open;
}

void Recorder::reset() {
  const std::lock_guard lock(mutex_);
  logs_ = {};
  requests_.clear();
  request_bytes_ = 0;
  const SimulatorStats old = stats_;
  stats_ = SimulatorStats();
  stats_.connections_open = old.connections_open;
  stats_.requests_open = old.requests_open;
  stats_.requests_open_peak = old.requests_open;
  stats_.streams_open = old.streams_open;
}

std::vector<RecordedRequest> Recorder::requests() const {
  std::deque<Row> rows;
  {
    const std::lock_guard lock(mutex_);
    rows = requests_;
  }
  std::vector<RecordedRequest> out;
  out.reserve(rows.size());
  for (const Row& row : rows) {
    out.push_back(*row.request);
    out.back().rule = row.rule;
  }
  return out;
}

SimulatorStats Recorder::stats() const {
  const std::lock_guard lock(mutex_);
  SimulatorStats stats = stats_;
  stats.connections_accepted = log(SimulatorEvent::connection).count;
  stats.requests = log(SimulatorEvent::request).count;
  stats.answered = log(SimulatorEvent::answered).count;
  stats.disconnects = log(SimulatorEvent::disconnect).count;
  return stats;
}

std::uint64_t Recorder::count(SimulatorEvent event) const {
  const std::lock_guard lock(mutex_);
  return log(event).count;
}

std::vector<SimulatorStamp> Recorder::events(SimulatorEvent event) const {
  const std::lock_guard lock(mutex_);
  return {log(event).stamps.begin(), log(event).stamps.end()};
}

bool Recorder::wait_for(SimulatorEvent event, std::uint64_t count, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return log(event).count >= count; });
}

}  // namespace simulator
}  // namespace antiphon::inline v0
