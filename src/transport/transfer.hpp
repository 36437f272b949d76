#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "transport/curl_transport.hpp"
#include "transport/url.hpp"

namespace antiphon::inline v0::transport {

/// One request on its way: names are looked up, then libcurl has it, then it has ended. The user's `HttpCall` may go at
/// any of these times.
class Transfer : public CurlEvents, public std::enable_shared_from_this<Transfer> {
 public:
  Transfer(CurlTransport& transport, HttpRequest request, HttpSink& sink);
  ~Transfer() override;

  void begin();
  void resume();
  void cancel();
  /// Nobody listens any more.
  void detach();
  /// The transport is going away.
  void abandon();
  void ended(CURLcode code);

  /// Whether this is on a connection with one of these ports of ours, where others may be too.
  bool is_on_one_of(const std::set<ConnectionPorts>& connections) const;
  /// Writes out what libcurl keeps in its buffer for the connection.
  void flush();

  /// Where it stands among those of the transport; nothing when it is none of them.
  std::optional<std::size_t> place;

  bool about_to_send(const ConnectionPorts& ports, bool reused) override;
  bool header_line(std::string_view line) override;
  bool body_piece(std::string_view piece) override;

 private:
  std::optional<Error> check_request(const std::optional<Origin>& target) const;
  /// By which proxy, and which names have to be looked up for that.
  std::optional<Error> choose_way(const Origin& target);
  /// Whether a request that is for the public internet alone may go to what a name stands for.
  bool allows(const std::string& host, const Resolver::Addresses& addresses) const;
  void resolve_next();
  void send();
  /// A stream may last long, and a long conversation is not needed for it any more.
  std::optional<Error> check_head() const;
  void drop_sent_request();
  /// What it waits for as long as nothing is sent, in words; empty after that.
  std::string waits_for() const;
  void stop_work();
  void let_go();
  void after_reset();
  void start_again();
  void fail_later(Error error);
  void finish(std::optional<Error> error);
  Error explain(CURLcode code) const;

  CurlTransport* transport_;
  Lane& lane_;
  HttpRequest request_;
  HttpSink* sink_;
  std::string proxy_;
  std::string proxy_host_;
  std::string public_host_;  ///< the addresses of this name must be public; empty for none
  /// Names that must be looked up before libcurl may have the request.
  std::vector<Origin> names_;
  /// What they stand for, until libcurl knows; the names, until it has let go of the request.
  std::vector<std::pair<std::string, Resolver::Addresses>> resolved_;
  std::optional<std::pair<std::string, Resolver::Ticket>> look_up_;
  std::unique_ptr<CurlEasy> easy_;
  bool encrypted_ = false;  ///< the connection, by the target or the proxy
  bool added_ = false;
  bool sent_ = false;
  bool complete_ = false;  ///< libcurl has ended it by itself
  bool stale_ = false;     ///< the connection was closed while nobody used it
  bool restarted_ = false;
  ConnectionPorts ports_;
  bool paused_ = false;
  bool held_back_ = false;
  bool stopped_ = false;
  bool head_done_ = false;
  HttpHead head_;
  std::size_t header_bytes_ = 0;
  std::optional<Error> failure_;
};

}  // namespace antiphon::inline v0::transport
