#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/simulator.hpp>

namespace antiphon::test {

/// `antiphon simulate` in a process of its own, so that what it costs is not counted as ours. Ready when constructed;
/// ends with this object, or with the thread that made it. Failures throw `std::runtime_error`.
class SimulatorProcess {
 public:
  /// `scenario`: JSON as docs/simulator.md describes it; the port is chosen here.
  explicit SimulatorProcess(std::string_view scenario = "{}");
  ~SimulatorProcess();
  SimulatorProcess(const SimulatorProcess&) = delete;
  SimulatorProcess& operator=(const SimulatorProcess&) = delete;

  int port() const { return port_; }
  const std::string& url() const { return url_; }
  std::string openai_base_url() const { return url_ + "/v1"; }
  const std::string& ollama_base_url() const { return url_; }
  /// Empty without TLS.
  const std::string& ca_file() const { return ca_file_; }
  pid_t id() const { return process_; }

  /// A body that is not UTF-8 is left out.
  std::vector<RecordedRequest> requests() const;
  SimulatorStats stats() const;
  void set_scenario(std::string_view json) const;
  void reset() const;

  class Seen {
   public:
    bool reached = false;     ///< it happened as often as was asked, in time
    std::uint64_t count = 0;  ///< how often it happened
    std::vector<SimulatorStamp> events;

    Seen() {}
  };
  /// Waits until it happened `count` times since the last reset.
  Seen wait(SimulatorEvent event, std::uint64_t count,
            std::chrono::milliseconds timeout = std::chrono::seconds(30)) const;

  /// A call of the simulator's own interface; returns the body. Plain HTTP, also when the simulator speaks TLS.
  std::string control(std::string_view method, std::string_view target, std::string_view body = "") const;

 private:
  void start(const std::string& scenario_file);

  pid_t process_ = -1;
  int port_ = 0;
  std::string url_;
  std::string ca_file_;
};

}  // namespace antiphon::test
