#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <antiphon/engine.hpp>
#include <antiphon/http.hpp>

#include "transport/curl_easy.hpp"
#include "transport/curl_multi.hpp"
#include "transport/proxy.hpp"
#include "transport/resolver.hpp"
#include "transport/told_names.hpp"
#include "transport/url.hpp"

namespace antiphon::inline v0::transport {

class Transfer;

/// Transfers of one kind: their connections, and easy handles to use again.
class Lane {
 public:
  Lane(SocketScheduler& scheduler, bool multiplex, long buffer_bytes, CurlMulti::Done done);

  std::unique_ptr<CurlEasy> take();
  void give_back(std::unique_ptr<CurlEasy> easy);

  CurlMulti multi;
  ToldNames names;

 private:
  long buffer_bytes_;
  std::vector<std::unique_ptr<CurlEasy>> idle_;
};

/// `HttpTransport` over libcurl, on a scheduler that watches its sockets. Made, used and destroyed on its thread.
///
/// Streams have a lane of their own without multiplexing: a paused stream would keep growing beside an active transfer
/// on the same HTTP/2 connection.
class CurlTransport : public HttpTransport {
 public:
  CurlTransport(SocketScheduler& scheduler, EngineOptions::Resolver resolver, ProxyEnvironment proxies);
  ~CurlTransport() override;

  std::unique_ptr<HttpCall> start(HttpRequest request, HttpSink& sink) override;

 private:
  friend class Transfer;
  Lane& lane(bool streaming);
  void ended(CURL* easy, CURLcode code);
  void remember(std::shared_ptr<Transfer> transfer);
  /// False when it was forgotten before.
  bool forget(Transfer& transfer);
  /// Where that URL leads: most requests go where the last one went. Good until the next call.
  const std::optional<Origin>& origin_of(const std::string& url);
  /// Those of most requests are those of the last one.
  std::optional<Error> check_headers(const HttpHeaders& headers);
  /// libcurl leaves the reset of an HTTP/2 stream in its buffer until another one of the connection moves: makes one.
  void flush_resets(const ConnectionPorts& connection);

  SocketScheduler& scheduler_;
  ProxyEnvironment proxies_;
  Resolver resolver_;
  std::vector<std::shared_ptr<Transfer>> transfers_;
  std::string last_url_;
  std::optional<Origin> last_origin_;
  HttpHeaders good_headers_;
  /// Made on first use: many programs need one of them.
  std::optional<Lane> calls_;
  std::optional<Lane> streams_;
  /// Connections with a reset that was not written out yet.
  std::set<ConnectionPorts> unflushed_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace antiphon::inline v0::transport
