#pragma once

#include <functional>
#include <memory>

#include <antiphon/fetcher.hpp>

#include "core/cancel_scope.hpp"

namespace antiphon::inline v0::pipeline {

/// Requests of no call.
class HttpFetcher final : public Fetcher {
 public:
  /// Gives what is kept as long as a request is under way, which it may cancel.
  using Hold = std::function<std::shared_ptr<void>(CancelScope&)>;

  HttpFetcher(Scheduler& scheduler, HttpTransport& transport, Hold hold)
      : scheduler_(scheduler), transport_(transport), hold_(std::move(hold)) {}

  Scheduler& scheduler() override { return scheduler_; }
  void fetch(HttpRequest request, std::chrono::nanoseconds within, Done done) override;

 private:
  Scheduler& scheduler_;
  HttpTransport& transport_;
  Hold hold_;
};

}  // namespace antiphon::inline v0::pipeline
