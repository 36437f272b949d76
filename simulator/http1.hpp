#pragma once

#include <memory>

#include "channel.hpp"
#include "http1_parser.hpp"
#include "outlet.hpp"
#include "service.hpp"

namespace antiphon::inline v0::simulator {

/// One HTTP/1 connection: reads all the time, also while it answers, so that it knows at once when the client goes.
class Http1Connection : public Outlet, public std::enable_shared_from_this<Http1Connection> {
 public:
  /// `control_only`: TLS is wanted here, and this connection has none.
  Http1Connection(std::shared_ptr<Channel> channel, Service& service, bool control_only);
  Task<void> run();

  Task<bool> head(const Head& head) override;
  Task<bool> body(std::string_view bytes) override;
  Task<bool> flush() override;
  Task<bool> end() override;
  bool takes_raw_bytes() const override { return true; }
  Task<bool> raw(std::string_view bytes) override;
  void cut(CutBy how) override;
  void close_on_next_request() override { close_on_next_request_ = true; }
  void close_idle() override { close_idle_ = true; }
  std::uint64_t connection_id() const override { return channel_->meter().id(); }

 private:
  static Task<void> read(std::shared_ptr<Http1Connection> self);
  void look_at_target();
  Task<bool> serve_one();
  Task<void> refuse(int status, std::string_view why);
  Task<bool> write(std::string_view bytes);
  Task<void> close();

  std::shared_ptr<Channel> channel_;
  Service& service_;
  Waiter reader_waiter_;
  Http1Parser parser_;
  std::string kept_back_;
  Head::End body_end_ = Head::End::length;
  std::uint64_t missing_ = 0;  // of the length that was promised
  bool http10_ = false;
  bool keep_alive_ = true;
  bool close_on_next_request_ = false;
  bool close_idle_ = false;
  bool control_only_;
};

}  // namespace antiphon::inline v0::simulator
