#pragma once

#include <memory>

#include <curl/curl.h>

namespace antiphon::bench {

/// Tells libcurl when its sockets and times have come.
class BareLoop {
 public:
  virtual ~BareLoop() = default;
  /// Waits for something to come, and lets libcurl work on it.
  virtual void turn() = 0;
};

/// The least there can be: level-triggered epoll, and the timeout as the argument of its wait.
std::unique_ptr<BareLoop> epoll_loop(CURLM* multi);

/// The loop that ours runs on as well: what libcurl costs in a program that has an Asio loop for its other work.
/// Sockets stay registered for as long as they are open, "now" is posted, a timer is set again only for an earlier
/// time.
std::unique_ptr<BareLoop> asio_loop(CURLM* multi);

}  // namespace antiphon::bench
