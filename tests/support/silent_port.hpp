#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace antiphon::test {

/// A port of 127.0.0.1 where no connection comes about: its queue is full, and the system drops who knocks.
class SilentPort {
 public:
  SilentPort() : listener_(open_socket()), first_(open_socket()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* place = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    // A queue of length 0 has room for one that nobody takes out.
    if (::bind(listener_, place, size) != 0 || ::listen(listener_, 0) != 0 ||
        ::getsockname(listener_, place, &size) != 0 || ::connect(first_, place, size) != 0) {
      throw std::runtime_error("no port");
    }
    port_ = ntohs(address.sin_port);
  }
  ~SilentPort() {
    ::close(first_);
    ::close(listener_);
  }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  static int open_socket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

  int listener_;
  int first_;
  int port_ = 0;
};

}  // namespace antiphon::test
