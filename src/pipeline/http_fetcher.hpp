#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <antiphon/fetcher.hpp>

#include "core/cancel_scope.hpp"
#include "core/program_runner.hpp"

namespace antiphon::inline v0::pipeline {

/// An engine's own requests, those of no call, and programs that it runs.
class HttpFetcher final : public Fetcher, public ProgramRunner {
 public:
  /// Gives what is kept as long as a request or a program is under way, which it may cancel.
  using Hold = std::function<std::shared_ptr<void>(CancelScope&)>;

  HttpFetcher(Scheduler& scheduler, HttpTransport& transport, Hold hold)
      : scheduler_(scheduler), transport_(transport), hold_(std::move(hold)) {}

  Scheduler& scheduler() override { return scheduler_; }
  void fetch(HttpRequest request, std::chrono::nanoseconds within, Fetcher::Done done) override;
  void run(std::vector<std::string> command, std::chrono::nanoseconds within, ProgramRunner::Done done) override;

 private:
  Scheduler& scheduler_;
  HttpTransport& transport_;
  Hold hold_;
};

}  // namespace antiphon::inline v0::pipeline
