#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <antiphon/simulator.hpp>
#include <array>
#include <cerrno>
#include <system_error>

#include "server.hpp"

namespace antiphon::inline v0 {
namespace {

/// Whether reading from it comes to an end when somebody closes the other side.
bool can_end(int descriptor) {
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || ::isatty(descriptor) == 1;
}

/// Reads and throws away; false at the end.
bool drain(int descriptor) {
  std::array<char, 4096> buffer;
  const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
  return size > 0 || (size < 0 && (errno == EINTR || errno == EAGAIN));
}

/// A descriptor that becomes readable when a stop is requested.
class StopSignal {
 public:
  explicit StopSignal(std::stop_token stop)
      : descriptor_(::eventfd(0, EFD_CLOEXEC)), callback_(std::move(stop), Raise{descriptor_}) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  ~StopSignal() { ::close(descriptor_); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  struct Raise {
    int descriptor;
    void operator()() const { ::eventfd_write(descriptor, 1); }
  };
  int descriptor_;
  std::stop_callback<Raise> callback_;
};

}  // namespace

Simulator::Simulator(Scenario scenario) : server_(std::make_unique<simulator::Server>(std::move(scenario.data_))) {}

Simulator::~Simulator() = default;

int Simulator::port() const { return server_->port(); }

std::string Simulator::url() const {
  return (server_->has_tls() ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::string Simulator::openai_base_url() const { return url() + "/v1"; }

std::string Simulator::ollama_base_url() const { return url(); }

const std::string& Simulator::ca_file() const { return server_->ca_file(); }

void Simulator::set_scenario(Scenario scenario) { server_->replace(std::move(scenario.data_)); }

void Simulator::reset() { server_->reset(); }

std::vector<RecordedRequest> Simulator::requests() const { return server_->recorder().requests(); }

SimulatorStats Simulator::stats() const { return server_->recorder().stats(); }

std::uint64_t Simulator::count(SimulatorEvent event) const { return server_->recorder().count(event); }

std::vector<SimulatorStamp> Simulator::events(SimulatorEvent event) const { return server_->recorder().events(event); }

bool Simulator::wait_for(SimulatorEvent event, std::uint64_t count, std::chrono::milliseconds timeout) const {
  return server_->recorder().wait_for(event, count, timeout);
}

std::string Simulator::ready_line() const {
  std::string line = R"({"port":)" + std::to_string(port()) + R"(,"url":)";
  simulator::append_quoted(line, url());
  line += R"(,"ca_file":)";
  simulator::append_quoted(line, ca_file());
  return line + '}';
}

void Simulator::run_until_stopped(std::stop_token stop, int input) {
  const StopSignal signal(stop);
  const bool has_input = can_end(input);
  while (!stop.stop_requested()) {
    std::array<pollfd, 2> watched{{{signal.descriptor(), POLLIN, 0}, {has_input ? input : -1, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    if (watched[1].revents != 0 && !drain(input)) return;
  }
}

}  // namespace antiphon::inline v0
