#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include <antiphon/scheduler.hpp>

#include "transport/curl_easy.hpp"

namespace antiphon::inline v0::transport {

/// libcurl's multi interface on a loop: it says which sockets and times it waits for, we tell it when they
/// come.
class CurlMulti {
 public:
  using Done = std::function<void(CURL* easy, CURLcode code)>;

  /// `multiplex`: several transfers may share one HTTP/2 connection. `done` is called for each transfer that ended,
  /// never from inside libcurl.
  CurlMulti(SocketScheduler& scheduler, bool multiplex, Done done);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  /// Runs `task` now, or, when libcurl is calling us back, as soon as it has returned: it must not be entered twice.
  template <class Task>
  void when_outside(Task task) {
    if (depth_ == 0) {
      task();
    } else {
      outside_.push_back(std::move(task));
    }
  }

  /// The rest only from outside.
  CURLMcode add(CURL* easy);
  void remove(CURL* easy);
  void unpause(CURL* easy);
  /// Writes out what libcurl keeps in its buffer for the connection of this transfer, which is not paused.
  void flush(CURL* easy);

  /// Takes these sockets out of the loop if this transfer opened them: those that libcurl has not found connected yet
  /// it closes without telling, and then their numbers may be somebody else's.
  void let_go(CURL* easy, const std::vector<curl_socket_t>& sockets);

  bool multiplexes() const { return multiplexes_; }
  /// Whether no request can go out on a connection that was kept, which libcurl does not see: TLS said good-bye and
  /// nothing more can come; or, on a plain one, more has come than the last answer had, and would begin the next.
  bool is_spent(const ConnectionPorts& ports, bool plain);

  /// For CURLOPT_OPENSOCKETFUNCTION. Should libcurl have closed one without telling that we did not let go of, its number
  /// coming back is how we learn of it. Gives -1 and `errno` when there is none.
  curl_socket_t open_socket(const curl_sockaddr& address);
  /// For CURLOPT_CLOSESOCKETFUNCTION, with this object as its data.
  static int close_socket(void* self, curl_socket_t socket);

 private:
  /// A socket that libcurl has open. It is watched for as long as that lasts, whether libcurl waits for it or not:
  /// taking a kept-alive connection out of the loop and back for each request would cost two system calls.
  struct Socket {
    CURL* opener;
    std::unique_ptr<SocketWatch> watch = {};
    std::optional<ConnectionPorts> ports = {};
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* socket_data);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);

  void watch(CURL* easy, curl_socket_t socket, int what);
  void forget(curl_socket_t socket);
  void learn_ports();
  /// False when it is no connection (yet, or any more).
  bool learn_ports(curl_socket_t socket, Socket& known);
  /// libcurl waits for nothing of it now.
  void rest(curl_socket_t socket);
  void schedule(long timeout_ms);
  void post_timer();
  void arm_timer();
  void timer_fired();
  void act(curl_socket_t socket, int event);
  void leave();

  SocketScheduler& scheduler_;
  bool multiplexes_;
  Done done_;
  CURLM* multi_;
  std::unordered_map<curl_socket_t, Socket> sockets_;
  std::multimap<ConnectionPorts, curl_socket_t> by_ports_;
  std::optional<std::chrono::steady_clock::time_point> due_;
  std::optional<std::chrono::steady_clock::time_point> armed_for_;
  Scheduler::Timer timer_ = 0;
  bool posted_ = false;
  int depth_ = 0;
  std::vector<std::function<void()>> outside_;
  /// Tasks in the loop's queue see by it whether this object is still there.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace antiphon::inline v0::transport
