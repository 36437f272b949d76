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
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "transport/asio_scheduler.hpp"
#include "transport/curl_easy.hpp"

namespace antiphon::inline v0::transport {

/// libcurl's multi interface on the Asio loop: it says which sockets and times it waits for, we tell it when they
/// come.
class CurlMulti {
 public:
  using Done = std::function<void(CURL* easy, CURLcode code)>;

  /// `multiplex`: several transfers may share one HTTP/2 connection. `done` is called for each transfer that ended,
  /// never from inside libcurl.
  CurlMulti(AsioScheduler& scheduler, bool multiplex, Done done);
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

  bool multiplexes() const { return multiplexes_; }
  /// Whether no request can go out on a connection that was kept, which libcurl does not see: TLS said good-bye and
  /// nothing more can come; or, on a plain one, more has come than the last answer had, and would begin the next.
  bool is_spent(const ConnectionPorts& ports, bool plain);

  /// For CURLOPT_OPENSOCKETFUNCTION. libcurl closes a socket that never got to be a connection without asking us: its
  /// number coming back is how we learn of it. Gives -1 and `errno` when there is none.
  curl_socket_t open_socket(const curl_sockaddr& address);
  /// For CURLOPT_CLOSESOCKETFUNCTION, with this object as its data.
  static int close_socket(void* self, curl_socket_t socket);

 private:
  /// A socket that libcurl has open. It stays registered with the loop for as long as it is open, whether libcurl
  /// waits for it or not: registering a kept-alive connection for each request would cost two system calls.
  struct Watch {
    Watch(CurlMulti& multi, curl_socket_t socket) : owner(&multi), descriptor(multi.scheduler_.context(), socket) {}
    CurlMulti* owner;  ///< null once the socket is forgotten
    // Of the loop's own type: executors of any type cost as much as the wait itself.
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> descriptor;
    std::optional<ConnectionPorts> ports = {};
    int wanted = 0;
    int waiting = 0;  ///< what the loop was asked for and has not told yet
    bool once_for_writing = false;
    unsigned registration = 0;
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* socket_data);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);

  void watch(curl_socket_t socket, int what);
  void forget(curl_socket_t socket);
  void learn_ports();
  static void register_afresh(Watch& watch);
  static void arm(const std::shared_ptr<Watch>& watch);
  static void wait(const std::shared_ptr<Watch>& watch, int event);
  void ready(const std::shared_ptr<Watch>& watch, int event);
  void schedule(long timeout_ms);
  void post_timer();
  void arm_timer();
  void timer_fired();
  void act(curl_socket_t socket, int event);
  void leave();

  AsioScheduler& scheduler_;
  bool multiplexes_;
  Done done_;
  CURLM* multi_;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
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
