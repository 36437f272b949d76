#pragma once

#include <nghttp2/nghttp2.h>

#include <map>
#include <memory>
#include <vector>

#include "channel.hpp"
#include "outlet.hpp"
#include "service.hpp"

namespace antiphon::inline v0::simulator {

class Http2Connection;

/// One request and its answer on an HTTP/2 connection.
class Http2Stream : public Outlet {
 public:
  Http2Stream(Http2Connection& connection, std::int32_t id);

  Task<bool> head(const Head& head) override;
  Task<bool> body(std::string_view bytes) override;
  Task<bool> flush() override;
  Task<bool> end() override;
  bool takes_raw_bytes() const override { return false; }
  Task<bool> raw(std::string_view) override { co_return false; }
  void cut(CutBy how) override;
  void close_on_next_request() override;
  void close_idle() override;
  std::uint64_t connection_id() const override;

 private:
  friend class Http2Connection;
  /// Fills a DATA frame.
  static ssize_t read_body(nghttp2_session* session, std::int32_t id, std::uint8_t* out, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source* source, void* user);

  /// The system took the last frame, or will not.
  void end_taken(bool taken);

  Http2Connection& connection_;
  std::int32_t id_;
  RecordedRequest request_;
  std::string_view pending_;
  bool body_complete_ = false;
  bool end_framed_ = false;   // the frame that ends the stream was handed to the connection
  bool end_written_ = false;  // and taken by the system
  std::uint64_t kept_ = 0;    // bytes of the request while it is not complete
  bool refused_ = false;      // it was too large; what follows of it does not count
};

/// One HTTP/2 connection.
class Http2Connection : public std::enable_shared_from_this<Http2Connection> {
 public:
  Http2Connection(std::shared_ptr<Channel> channel, Service& service);
  ~Http2Connection();
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;

  Task<void> run();

 private:
  friend class Http2Stream;
  using StreamPtr = std::shared_ptr<Http2Stream>;

  void open_session();
  static Task<void> write(std::shared_ptr<Http2Connection> self);
  static Task<void> serve(std::shared_ptr<Http2Connection> self, StreamPtr stream);
  StreamPtr find(std::int32_t id) const;
  /// False when the connection would keep too much of requests that are not complete: then it resets this one.
  bool keep(Http2Stream& stream, std::size_t bytes);
  void let_go(Http2Stream& stream);
  void add_header(Http2Stream& stream, std::string name, std::string value);
  void dispatch(std::int32_t id);
  void frame_sent(const nghttp2_frame& frame);
  void stream_closed(std::int32_t id);
  void end();

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_length,
                       const std::uint8_t* value, std::size_t value_length, std::uint8_t, void* user);
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data, std::size_t size,
                     void* user);
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t, void* user);

  std::shared_ptr<Channel> channel_;
  Service& service_;
  Waiter writer_waiter_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, StreamPtr> streams_;
  std::vector<StreamPtr> just_ended_;
  std::uint64_t kept_ = 0;
  bool open_ = true;
  bool cut_after_write_ = false;
  bool close_on_next_request_ = false;
};

}  // namespace antiphon::inline v0::simulator
