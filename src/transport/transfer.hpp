#pragma once

#include <memory>
#include <optional>
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

  void begin();
  void resume();
  void cancel();
  /// Nobody listens any more.
  void detach();
  /// The transport is going away.
  void abandon();
  void ended(CURLcode code);

  bool about_to_send() override;
  bool header_line(std::string_view line) override;
  bool body_piece(std::string_view piece) override;

 private:
  std::optional<Error> check_request(const std::optional<Origin>& target) const;
  void choose_way(const Origin& target);
  void resolve_next();
  void send();
  void stop_work();
  void fail_later(Error error);
  void finish(std::optional<Error> error);

  CurlTransport* transport_;
  Lane& lane_;
  HttpRequest request_;
  HttpSink* sink_;
  std::string proxy_;
  /// Names that must be looked up before libcurl may have the request.
  std::vector<Origin> names_;
  std::vector<std::pair<std::string, Resolver::Addresses>> resolved_;
  std::optional<std::pair<std::string, Resolver::Ticket>> look_up_;
  std::unique_ptr<CurlEasy> easy_;
  bool added_ = false;
  bool sent_ = false;
  bool paused_ = false;
  bool held_back_ = false;
  bool stopped_ = false;
  bool head_done_ = false;
  HttpHead head_;
  std::size_t header_bytes_ = 0;
  std::optional<Error> failure_;
};

}  // namespace antiphon::inline v0::transport
