#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "support/raw_server.hpp"

namespace antiphon::test {

/// A proxy on 127.0.0.1: HTTP (forwarding, and CONNECT) and SOCKS 5, told apart by the first byte. Whatever name it is
/// asked for, it connects to 127.0.0.1. Writes down what it was asked.
class TestProxy {
 public:
  TestProxy();

  int port() const { return server_.port(); }
  std::string url(const std::string& scheme = "http", const std::string& user = "") const;
  /// Heads of HTTP requests as they came; `SOCKS host:port`.
  std::vector<std::string> asked() const;
  /// Answers with this status, or as SOCKS has it, and lets nobody pass.
  void refuse(int status) { refuses_with_ = status; }

 private:
  void serve(RawConnection& connection);
  void serve_http(RawConnection& connection, std::string head);
  void serve_socks(RawConnection& connection, std::string greeting);
  void note(std::string what);

  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::atomic<int> refuses_with_{0};
  // Last, so that its threads end first.
  RawServer server_;
};

}  // namespace antiphon::test
