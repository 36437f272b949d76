#include "support/test_proxy.hpp"

#include <cstdint>
#include <thread>

namespace antiphon::test {

namespace {

/// Carries bytes both ways until both sides have ended.
void tunnel(RawConnection& client, const std::string& host_and_port, std::string_view first) {
  const int port = std::stoi(host_and_port.substr(host_and_port.rfind(':') + 1));
  RawConnection target(connect_to_loopback(port));
  target.write(first);
  std::thread back([&] {
    for (std::string bytes; !(bytes = target.read_some()).empty();) client.write(bytes);
    client.shut_down_writing();
  });
  for (std::string bytes; !(bytes = client.read_some()).empty();) target.write(bytes);
  target.shut_down_writing();
  back.join();
}

/// `host:port` of `POST http://host:port/path HTTP/1.1`.
std::string authority_of(const std::string& head) {
  const auto start = head.find("://") + 3;
  return head.substr(start, head.find('/', start) - start);
}

}  // namespace

TestProxy::TestProxy() : server_([this](RawConnection& connection, int) { serve(connection); }) {}

std::string TestProxy::url(const std::string& scheme, const std::string& user) const {
  return scheme + "://" + (user.empty() ? "" : user + "@") + "127.0.0.1:" + std::to_string(port());
}

std::vector<std::string> TestProxy::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void TestProxy::note(std::string what) {
  const std::lock_guard lock(mutex_);
  asked_.push_back(std::move(what));
}

void TestProxy::serve(RawConnection& connection) {
  std::string first = connection.read_some();
  if (first.empty()) return;
  if (first.front() == '\x05') return serve_socks(connection, std::move(first));
  while (first.find("\r\n\r\n") == std::string::npos) {
    const std::string more = connection.read_some();
    if (more.empty()) return;
    first += more;
  }
  serve_http(connection, std::move(first));
}

void TestProxy::serve_http(RawConnection& connection, std::string head) {
  note(head.substr(0, head.find("\r\n\r\n")));
  if (refuses_with_ != 0) {
    connection.write(http_answer("The proxy says no.", "text/plain", refuses_with_));
    return connection.wait_for_close();
  }
  if (!head.starts_with("CONNECT ")) return tunnel(connection, authority_of(head), head);
  connection.write("HTTP/1.1 200 Connection established\r\n\r\n");
  tunnel(connection, head.substr(8, head.find(' ', 8) - 8), "");
}

void TestProxy::serve_socks(RawConnection& connection, std::string) {
  connection.write(std::string_view("\x05\x00", 2));
  const std::string request = connection.read_some();
  if (request.size() < 10) return;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(request[i]); };
  const bool by_name = byte(3) == 3;
  const std::size_t port_at = by_name ? 5U + byte(4) : 8U;
  std::string host;
  if (by_name) {
    host = request.substr(5, byte(4));
  } else {
    for (std::size_t i = 4; i < 8; ++i) host += (host.empty() ? "" : ".") + std::to_string(byte(i));
  }
  const std::string target = host + ":" + std::to_string(byte(port_at) * 256 + byte(port_at + 1));
  note("SOCKS " + target);
  const char result = refuses_with_ == 0 ? '\0' : '\x02';
  connection.write(std::string("\x05") + result + std::string("\0\x01\0\0\0\0\0\0", 8));
  if (result == '\0') tunnel(connection, target, "");
}

}  // namespace antiphon::test
