#pragma once

#include <thread>
#include <vector>

#include "control.hpp"
#include "rule_book.hpp"
#include "service.hpp"
#include "tls.hpp"

namespace antiphon::inline v0::simulator {

/// Listens, accepts, answers: all on one thread of its own.
class Server : public Service {
 public:
  /// Throws `ScenarioError`.
  explicit Server(const std::shared_ptr<const ScenarioData>& scenario);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return port_; }
  bool has_tls() const { return tls_ != nullptr; }
  const std::string& ca_file() const;
  const std::string& client_file() const;
  const Recorder& recorder() const { return recorder_; }
  /// From any thread. Throws `ScenarioError`.
  void replace(std::shared_ptr<const ScenarioData> scenario);
  /// From any thread.
  void reset();

  Task<void> serve(std::shared_ptr<const RecordedRequest> request, Outlet& outlet) override;
  void turn_away(std::shared_ptr<const RecordedRequest> request) override;

 private:
  void listen(int port);
  bool listen_on(const char* address, int port, bool required);
  Task<void> accept(Acceptor& acceptor);
  Task<void> welcome(Socket socket);
  void watch_silence(std::weak_ptr<Meter> meter);

  Recorder recorder_;
  std::mutex rules_mutex_;
  RuleBook rules_;
  std::uint64_t numbered_ = 0;
  Control control_;
  std::unique_ptr<TlsContext> tls_;
  int port_ = 0;
  asio::io_context io_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::thread thread_;
};

}  // namespace antiphon::inline v0::simulator
