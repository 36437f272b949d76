#include "support/simulator_process.hpp"
#include "support/places.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <simdjson.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace antiphon::test {
namespace {

using simdjson::dom::element;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("simulator process: " + what); }

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {
    if (value < 0) fail(std::strerror(errno));
  }
  ~Descriptor() { ::close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

/// Reads up to that character, or to the end.
std::string read_until(int descriptor, char end) {
  std::string text;
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    if (std::memchr(buffer.data(), end, static_cast<std::size_t>(size)) != nullptr) return text;
  }
}

/// A file with this content, gone with the object.
class ScenarioFile {
 public:
  explicit ScenarioFile(std::string_view text)
      : path_((std::filesystem::temp_directory_path() / "antiphon-scenario-XXXXXX").string()) {
    const Descriptor made(::mkstemp(path_.data()));
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~ScenarioFile() { ::unlink(path_.c_str()); }
  ScenarioFile(const ScenarioFile&) = delete;
  ScenarioFile& operator=(const ScenarioFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

element parse(simdjson::dom::parser& parser, const std::string& text) {
  element root;
  if (parser.parse(text).get(root)) fail("no JSON: " + text);
  return root;
}

std::string text_of(const element& object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text)) return "";
  return std::string(text);
}

std::int64_t number_of(const element& object, std::string_view key) {
  std::int64_t number = 0;
  if (object[key].get(number)) fail("no number " + std::string(key));
  return number;
}

std::uint64_t count_of(const element& object, std::string_view key) {
  return static_cast<std::uint64_t>(number_of(object, key));
}

std::chrono::steady_clock::time_point time_of(const element& object) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(number_of(object, "at_ns")));
}

std::string_view name_of(SimulatorEvent event) {
  switch (event) {
    case SimulatorEvent::connection:
      return "connection";
    case SimulatorEvent::request:
      return "request";
    case SimulatorEvent::answered:
      return "answered";
    case SimulatorEvent::disconnect:
      return "disconnect";
    case SimulatorEvent::close:
      break;
  }
  return "close";
}

}  // namespace

SimulatorProcess::SimulatorProcess(std::string_view scenario) {
  const ScenarioFile file(scenario);
  start(file.path());
}

void SimulatorProcess::start(const std::string& scenario_file) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(std::strerror(errno));
  const Descriptor output(ends[0]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const std::string program = program_path("antiphon");
  std::array<const char*, 8> arguments{program.c_str(),       "simulate",           "--port", "0", "--scenario",
                                       scenario_file.c_str(), "--exit-with-parent", nullptr};
  const int error =
      ::posix_spawn(&process_, program.c_str(), &actions, nullptr, const_cast<char**>(arguments.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) fail(program + ": " + std::strerror(error));
  const std::string line = read_until(output.get(), '\n');
  simdjson::dom::parser parser;
  const element ready = parse(parser, line);
  port_ = static_cast<int>(number_of(ready, "port"));
  url_ = text_of(ready, "url");
  ca_file_ = text_of(ready, "ca_file");
}

SimulatorProcess::~SimulatorProcess() {
  ::kill(process_, SIGTERM);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string SimulatorProcess::control(std::string_view method, std::string_view target, std::string_view body) const {
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("cannot connect");
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ");
  request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  std::string_view rest = request;
  while (!rest.empty()) {
    const ssize_t size = ::send(socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size <= 0) fail("it does not listen any more");
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
  const std::string answer = read_until(socket.get(), '\0');
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string::npos) fail("no answer");
  std::string content = answer.substr(end + 4);
  if (answer.compare(0, 12, "HTTP/1.1 200") != 0) fail(content);
  return content;
}

std::vector<RecordedRequest> SimulatorProcess::requests() const {
  simdjson::dom::parser parser;
  const std::string text = control("GET", "/_simulator/requests");
  std::vector<RecordedRequest> requests;
  for (const element& row : parse(parser, text).get_array()) {
    RecordedRequest request;
    request.method = text_of(row, "method");
    request.target = text_of(row, "target");
    request.body = text_of(row, "body");
    request.http_version = text_of(row, "http_version");
    request.connection = count_of(row, "connection");
    request.rule = static_cast<int>(number_of(row, "rule"));
    request.time = time_of(row);
    for (const element& header : row["headers"].get_array()) {
      request.headers.emplace_back(std::string_view(header.at(0)), std::string_view(header.at(1)));
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

SimulatorStats SimulatorProcess::stats() const {
  simdjson::dom::parser parser;
  const std::string text = control("GET", "/_simulator/stats");
  const element root = parse(parser, text);
  SimulatorStats stats;
  stats.connections_accepted = count_of(root, "connections_accepted");
  stats.connections_open = count_of(root, "connections_open");
  stats.requests = count_of(root, "requests");
  stats.requests_open = count_of(root, "requests_open");
  stats.requests_open_peak = count_of(root, "requests_open_peak");
  stats.streams_open = count_of(root, "streams_open");
  stats.answered = count_of(root, "answered");
  stats.disconnects = count_of(root, "disconnects");
  stats.bytes_written = count_of(root, "bytes_written");
  stats.newest_connection_bytes_written = count_of(root, "newest_connection_bytes_written");
  stats.requests_forgotten = count_of(root, "requests_forgotten");
  return stats;
}

void SimulatorProcess::set_scenario(std::string_view json) const { control("POST", "/_simulator/scenario", json); }

void SimulatorProcess::reset() const { control("POST", "/_simulator/reset"); }

SimulatorProcess::Seen SimulatorProcess::wait(SimulatorEvent event, std::uint64_t count,
                                              std::chrono::milliseconds timeout) const {
  const std::string target = "/_simulator/wait?event=" + std::string(name_of(event)) +
                             "&count=" + std::to_string(count) + "&timeout_ms=" + std::to_string(timeout.count());
  simdjson::dom::parser parser;
  const std::string text = control("GET", target);
  const element root = parse(parser, text);
  Seen seen;
  seen.reached = root["reached"].get_bool();
  seen.count = count_of(root, "count");
  for (const element& row : root["events"].get_array()) {
    SimulatorStamp stamp;
    stamp.event = event;
    stamp.time = time_of(row);
    stamp.connection = count_of(row, "connection");
    stamp.request = count_of(row, "request");
    seen.events.push_back(stamp);
  }
  return seen;
}

}  // namespace antiphon::test
