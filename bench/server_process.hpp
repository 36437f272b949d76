#pragma once

#include <sys/types.h>

#include <string>

#include "support/raw_server.hpp"

namespace antiphon::bench {

/// A server in a process of its own, so that its work is not counted as ours. Make it before any thread.
class ServerProcess {
 public:
  explicit ServerProcess(test::RawServer::Handler handler);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  pid_t process() const { return process_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }

 private:
  pid_t process_ = 0;
  int life_line_ = -1;
  int port_ = 0;
};

}  // namespace antiphon::bench
