#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace antiphon::test {

/// A connection as a test sees it: plain sockets, blocking, nothing done behind its back.
class RawConnection {
 public:
  explicit RawConnection(int socket) : socket_(socket) {}
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// Head and body of the next request; empty when the peer has closed.
  std::string read_request();
  /// Up to that many bytes; empty when the peer has closed or reset.
  std::string read_some(std::size_t most = 4096);
  /// False when the peer is gone.
  bool write(std::string_view text);
  /// Bytes that the kernel takes now without blocking.
  std::size_t write_some(std::string_view text);
  void shut_down_writing();
  /// Closes with a TCP reset.
  void reset();
  /// Blocks until the peer closes or resets.
  void wait_for_close();

 private:
  int socket_;
  std::string pending_;
};

/// A server on 127.0.0.1 that gives each connection to a function, on a thread of its own.
class RawServer {
 public:
  using Handler = std::function<void(RawConnection&, int number)>;

  explicit RawServer(Handler handler);
  ~RawServer();

  int port() const { return port_; }
  std::string url(std::string_view path = "") const;
  int connections() const { return connections_; }

 private:
  void accept_all();

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

/// A whole HTTP/1.1 answer with its length.
std::string http_answer(std::string_view body, std::string_view content_type = "application/json", int status = 200,
                        std::string_view extra_headers = "");

/// A connected socket; -1 when nobody listens there.
int connect_to_loopback(int port);

/// A port on which nothing listens.
int closed_port();

}  // namespace antiphon::test
