#pragma once

#include <functional>
#include <optional>

#include "scenario_data.hpp"
#include "waiter.hpp"

namespace antiphon::inline v0::simulator {

/// Status line and headers of an answer, and how its body ends.
struct Head {
  enum class End { length, chunked, close };
  int status = 200;
  Headers headers;
  End end = End::length;
  std::uint64_t length = 0;   ///< with `End::length`
  bool without_body = false;  ///< HEAD, 204, 304
};

/// Where one answer goes: an HTTP/1.1 connection, or a stream of an HTTP/2 connection. Each function that writes
/// returns whether the client is still there.
class Outlet {
 public:
  explicit Outlet(const Executor& executor) : waiter_(executor) {}
  virtual ~Outlet() = default;
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  virtual Task<bool> head(const Head& head) = 0;
  virtual Task<bool> body(std::string_view bytes) = 0;
  /// Sends what `head` kept back to go with the body.
  virtual Task<bool> flush() = 0;
  /// The body is complete.
  virtual Task<bool> end() = 0;
  /// Writes bytes of the scenario's in place of HTTP; false without writing when the protocol has no room for that.
  virtual bool takes_raw_bytes() const = 0;
  virtual Task<bool> raw(std::string_view bytes) = 0;
  /// Breaks the answer off.
  virtual void cut(CutBy how) = 0;
  /// The connection shall be closed as soon as it has carried another request.
  virtual void close_on_next_request() = 0;
  /// The connection is closed now, behind a complete answer that did not announce it.
  virtual void close_idle() = 0;
  virtual std::uint64_t connection_id() const = 0;
  /// 0 for no limit.
  void set_bytes_per_write(std::uint64_t bytes) { bytes_per_write_ = bytes; }

  bool is_open() const { return open_; }
  /// The client has gone. Tells whoever is answering, once.
  void lost();
  void set_on_lost(std::function<void()> listener) { on_lost_ = std::move(listener); }
  Waiter& waiter() { return waiter_; }

 protected:
  std::uint64_t bytes_per_write() const { return bytes_per_write_; }

 private:
  Waiter waiter_;
  std::function<void()> on_lost_;
  std::uint64_t bytes_per_write_ = 0;
  bool open_ = true;
};

}  // namespace antiphon::inline v0::simulator
