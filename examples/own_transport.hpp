#pragma once

// A transport of one's own in a hundred lines: blocking sockets, a thread per request, plain HTTP. Not fast, but it
// keeps every rule of HttpTransport; one for a proxy protocol or an in-process server looks the same.

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <antiphon/antiphon.hpp>

namespace examples {

using namespace antiphon;

/// Counts the threads of a transport, which must not outlive it: they post to its scheduler.
class ThreadCount {
 public:
  void enter() { ++count_; }
  void leave() {
    --count_;
    count_.notify_all();
  }
  void wait_until_empty() {
    for (int now = count_; now != 0; now = count_) count_.wait(now);
  }

 private:
  std::atomic<int> count_{0};
};

/// One request. Its thread does the blocking work; the sink is only ever called on the scheduler's thread, through
/// `post`, and only while the `HttpCall` is alive.
class BlockingRequest : public std::enable_shared_from_this<BlockingRequest> {
 public:
  BlockingRequest(Scheduler& scheduler, HttpRequest request, HttpSink& sink)
      : scheduler_(scheduler), request_(std::move(request)), sink_(&sink) {}

  void run(const std::shared_ptr<ThreadCount>& threads) {
    threads->enter();
    std::thread([self = shared_from_this(), threads] {
      self->work();
      threads->leave();
    }).detach();
  }

  // On the scheduler's thread.
  void resume() { set_paused(false); }
  void cancel() {
    if (!sink_ || cancelled_.exchange(true)) return;
    stop();
    scheduler_.post([self = shared_from_this()] { self->finish(Error(ErrorKind::cancelled, "cancelled")); });
  }
  void detach() {
    sink_ = nullptr;
    cancelled_ = true;
    stop();
  }

 private:
  void work() {
    std::optional<Error> error = exchange();
    post([error](BlockingRequest& self) { self.finish(error); });
  }

  std::optional<Error> exchange() {
    const std::size_t start = request_.url.find("//") + 2;
    const std::size_t slash = request_.url.find('/', start);
    const std::string authority = request_.url.substr(start, slash - start);
    const std::size_t colon = authority.rfind(':');
    if (!open(authority.substr(0, colon), authority.substr(colon + 1))) {
      return Error(ErrorKind::connection, "could not connect to " + authority);
    }
    post([](BlockingRequest& self) { self.sink_->connected(); });
    std::string text = request_.method + " " + request_.url.substr(slash) + " HTTP/1.0\r\nhost: " + authority +
                       "\r\ncontent-length: " + std::to_string(request_.body.size()) + "\r\n";
    for (const auto& [name, value] : request_.headers) text += name + ": " + value + "\r\n";
    text += "\r\n" + request_.body;
    ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    return read_answer();
  }

  bool open(const std::string& host, const std::string& port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &list) != 0) return false;
    const int socket = ::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected = ::connect(socket, list->ai_addr, list->ai_addrlen) == 0;
    ::freeaddrinfo(list);
    const std::lock_guard lock(mutex_);
    socket_ = socket;
    return connected && !cancelled_;
  }

  std::optional<Error> read_answer() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
      const std::string more = read_some();
      if (more.empty()) return Error(ErrorKind::connection, "closed before an answer");
      head += more;
    }
    std::string rest = head.substr(head.find("\r\n\r\n") + 4);
    HttpHead parsed;
    parsed.status = std::atoi(head.c_str() + head.find(' '));
    post([parsed](BlockingRequest& self) { self.sink_->head(parsed); });
    // Enough of HTTP for the example: a body in chunks, each of which is passed on.
    for (;;) {
      std::size_t line = 0;
      while ((line = rest.find("\r\n")) == std::string::npos) {
        if (!read_more(rest)) return Error(ErrorKind::truncated, "cut");
      }
      const std::size_t size = std::strtoul(rest.c_str(), nullptr, 16);
      rest.erase(0, line + 2);
      if (size == 0) return std::nullopt;
      while (rest.size() < size + 2) {
        if (!read_more(rest)) return Error(ErrorKind::truncated, "cut");
      }
      if (!deliver(rest.substr(0, size))) return Error(ErrorKind::cancelled, "cancelled");
      rest.erase(0, size + 2);
    }
  }

  /// Hands one piece over and waits while the reader is full: this is all that back-pressure takes.
  bool deliver(std::string piece) {
    set_paused(true);
    post([piece = std::move(piece)](BlockingRequest& self) {
      if (self.sink_->bytes(piece) == Flow::go_on) self.set_paused(false);
    });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !paused_ || cancelled_; });
    return !cancelled_;
  }

  std::string read_some() {
    std::string buffer(4096, '\0');
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    buffer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return buffer;
  }
  bool read_more(std::string& text) {
    const std::string more = read_some();
    text += more;
    return !more.empty();
  }

  template <class F>
  void post(F action) {
    scheduler_.post([self = shared_from_this(), action] {
      if (self->sink_ && !self->cancelled_) action(*self);
    });
  }
  void finish(std::optional<Error> error) {
    if (HttpSink* sink = std::exchange(sink_, nullptr)) sink->end(std::move(error));
    stop();
  }
  void set_paused(bool value) {
    const std::lock_guard lock(mutex_);
    paused_ = value;
    changed_.notify_all();
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
    changed_.notify_all();
  }

 public:
  ~BlockingRequest() {
    if (socket_ >= 0) ::close(socket_);
  }

 private:
  Scheduler& scheduler_;
  HttpRequest request_;
  HttpSink* sink_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool paused_ = false;
  std::atomic<bool> cancelled_{false};
  int socket_ = -1;
};

class BlockingTransport : public HttpTransport {
 public:
  explicit BlockingTransport(Scheduler& scheduler) : scheduler_(scheduler) {}
  ~BlockingTransport() override { threads_->wait_until_empty(); }

  std::unique_ptr<HttpCall> start(HttpRequest request, HttpSink& sink) override {
    auto started = std::make_shared<BlockingRequest>(scheduler_, std::move(request), sink);
    started->run(threads_);
    return std::make_unique<Call>(std::move(started));
  }

 private:
  class Call : public HttpCall {
   public:
    explicit Call(std::shared_ptr<BlockingRequest> request) : request_(std::move(request)) {}
    ~Call() override { request_->detach(); }
    void resume() override { request_->resume(); }
    void cancel() override { request_->cancel(); }

   private:
    std::shared_ptr<BlockingRequest> request_;
  };

  Scheduler& scheduler_;
  std::shared_ptr<ThreadCount> threads_ = std::make_shared<ThreadCount>();
};

}  // namespace examples
