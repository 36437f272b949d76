#include "control.hpp"

#include <algorithm>
#include <array>

#include "json.hpp"
#include "scenario_reader.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::array<std::string_view, 5> event_names{"connection", "request", "answered", "disconnect", "close"};

std::int64_t nanoseconds(Clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

/// JSON has no place for other bytes.
json::string utf8_of(std::string text) {
  if (!is_utf8(text)) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  return json::string(text);
}

json::object row_of(const RecordedRequest& request) {
  json::object row;
  row["method"] = utf8_of(request.method);
  row["target"] = utf8_of(request.target);
  json::array headers;
  for (const auto& [name, value] : request.headers) {
    headers.push_back(json::array{utf8_of(name), utf8_of(value)});
  }
  row["headers"] = std::move(headers);
  if (is_utf8(request.body)) {
    row["body"] = request.body;
  } else {
    row["body_base64"] = encode_base64(request.body);
  }
  row["connection"] = request.connection;
  row["http_version"] = request.http_version;
  row["at_ns"] = nanoseconds(request.time);
  row["rule"] = request.rule;
  return row;
}

std::string requests_text(const Recorder& recorder) {
  json::array rows;
  for (const RecordedRequest& request : recorder.requests()) rows.push_back(row_of(request));
  return json::serialize(rows);
}

std::string stats_text(const Recorder& recorder) {
  const SimulatorStats stats = recorder.stats();
  json::object out;
  out["connections_accepted"] = stats.connections_accepted;
  out["connections_open"] = stats.connections_open;
  out["requests"] = stats.requests;
  out["requests_open"] = stats.requests_open;
  out["requests_open_peak"] = stats.requests_open_peak;
  out["streams_open"] = stats.streams_open;
  out["answered"] = stats.answered;
  out["disconnects"] = stats.disconnects;
  out["bytes_written"] = stats.bytes_written;
  out["newest_connection_bytes_written"] = stats.newest_connection_bytes_written;
  out["requests_forgotten"] = stats.requests_forgotten;
  return json::serialize(out);
}

std::string error_text(std::string_view message) {
  return json::serialize(json::object{{"error", json::string_view(message.data(), message.size())}});
}

std::string events_text(const Recorder& recorder, SimulatorEvent event, bool reached) {
  json::array rows;
  for (const SimulatorStamp& stamp : recorder.events(event)) {
    rows.push_back({{"at_ns", nanoseconds(stamp.time)}, {"connection", stamp.connection}, {"request", stamp.request}});
  }
  json::object out;
  out["reached"] = reached;
  out["event"] = json::string_view(name_of(event).data(), name_of(event).size());
  out["count"] = recorder.count(event);
  out["now_ns"] = nanoseconds(Clock::now());
  out["events"] = std::move(rows);
  return json::serialize(out);
}

std::optional<SimulatorEvent> event_of(std::string_view name) {
  for (std::size_t i = 0; i < event_names.size(); ++i) {
    if (event_names[i] == name) return static_cast<SimulatorEvent>(i);
  }
  return std::nullopt;
}

/// Wakes the waiter of an outlet at every event.
class Subscription {
 public:
  Subscription(Recorder& recorder, Waiter& waiter) : recorder_(recorder), wake_([&waiter] { waiter.wake(); }) {
    recorder_.add(&wake_);
  }
  ~Subscription() { recorder_.remove(&wake_); }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  Recorder& recorder_;
  Recorder::Listener wake_;
};

}  // namespace

std::string_view name_of(SimulatorEvent event) { return event_names[static_cast<std::size_t>(event)]; }

Control::Control(Recorder& recorder, std::function<void(std::shared_ptr<const ScenarioData>)> replace,
                 std::function<void()> reset)
    : recorder_(recorder), replace_(std::move(replace)), reset_(std::move(reset)) {}

Task<void> Control::serve(const RecordedRequest& request, Outlet& outlet) {
  const std::string call = request.method + ' ' + std::string(request.path());
  int status = 200;
  std::string text;
  if (call == "GET /_simulator/requests") {
    text = requests_text(recorder_);
  } else if (call == "GET /_simulator/stats") {
    text = stats_text(recorder_);
  } else if (call == "GET /_simulator/wait") {
    text = co_await wait(request, outlet, status);
  } else if (call == "POST /_simulator/scenario") {
    text = change_scenario(request, status);
  } else if (call == "POST /_simulator/reset") {
    reset_();
    text = "{}";
  } else {
    status = 404;
    text = error_text("There is GET requests, stats and wait, POST scenario and reset.");
  }
  Head head;
  head.status = status;
  head.headers = {{"content-type", "application/json"}};
  head.length = text.size();
  if (!co_await outlet.head(head)) co_return;
  if (!co_await outlet.body(text)) co_return;
  co_await outlet.end();
}

std::string Control::change_scenario(const RecordedRequest& request, int& status) {
  try {
    replace_(std::make_shared<const ScenarioData>(read_scenario(parse_scenario_text(request.body, ""))));
    return "{}";
  } catch (const ScenarioError& error) {
    status = 400;
    return error_text(error.what());
  }
}

Task<std::string> Control::wait(const RecordedRequest& request, Outlet& outlet, int& status) {
  constexpr std::uint64_t longest_wait_ms = 600000;
  const auto event = event_of(query_value(request.target, "event").value_or(""));
  const auto wanted = parse_number(query_value(request.target, "count").value_or("1"));
  const auto timeout = parse_number(query_value(request.target, "timeout_ms").value_or("10000"));
  if (!event || !wanted || !timeout || *timeout > longest_wait_ms) {
    status = 400;
    co_return error_text(
        "Expected event=connection|request|answered|disconnect|close, count=NUMBER and timeout_ms=0 to 600000.");
  }
  const auto deadline = Clock::now() + Milliseconds(*timeout);
  const Subscription subscription(recorder_, outlet.waiter());
  while (recorder_.count(*event) < *wanted && Clock::now() < deadline && outlet.is_open()) {
    co_await outlet.waiter().wait_until(deadline);
  }
  co_return events_text(recorder_, *event, recorder_.count(*event) >= *wanted);
}

}  // namespace antiphon::inline v0::simulator
