#pragma once

#include <functional>
#include <memory>

#include <antiphon/http.hpp>
#include <antiphon/scheduler.hpp>

#include "exchange_log.hpp"

namespace antiphon::simulation {

/// Watches what goes over the network, before whoever asked hears of it.
class NetworkWatcher {
 public:
  virtual ~NetworkWatcher() = default;
  /// A request arrives; gives the record with the reply to it.
  virtual ExchangeRecord& arrives(const HttpRequest& request) = 0;
  virtual void head_arrives(ExchangeRecord& exchange) = 0;
  /// A piece of content has arrived whole.
  virtual void content_arrives(ExchangeRecord& exchange) = 0;
  virtual void ends(ExchangeRecord& exchange, bool with_error) = 0;
  /// What came of the end, or of the content, has happened.
  virtual void settled(ExchangeRecord& exchange) = 0;
  virtual void given_up(ExchangeRecord& exchange) = 0;
  /// Whoever gave it up hears now that it has ended.
  virtual void gone(ExchangeRecord& exchange) = 0;
};

/// A network under the rules of `HttpTransport` on which the replies are made by the watcher.
class Network : public HttpTransport {
 public:
  Network(Scheduler& scheduler, NetworkWatcher& watcher) : scheduler_(scheduler), watcher_(watcher) {}
  std::unique_ptr<HttpCall> start(HttpRequest request, HttpSink& sink) override;

 private:
  class Transmission;
  class Call;

  Scheduler& scheduler_;
  NetworkWatcher& watcher_;
};

}  // namespace antiphon::simulation
