#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/fetcher.hpp>

#include "core/program_runner.hpp"
#include "pipeline/http_fetcher.hpp"

namespace antiphon::inline v0::detail {

/// An engine's own requests, those of no call, and programs that it runs.
class EngineFetcher final : public Fetcher, public ProgramRunner {
 public:
  /// Gives what is kept as long as a request or a program is under way, which it may cancel.
  using Hold = pipeline::HttpFetcher::Hold;

  EngineFetcher(Scheduler& scheduler, HttpTransport& transport, const Hold& hold)
      : http_(scheduler, transport, hold), hold_(hold) {}

  Scheduler& scheduler() override { return http_.scheduler(); }
  void fetch(HttpRequest request, std::chrono::nanoseconds within, Fetcher::Done done) override {
    http_.fetch(std::move(request), within, std::move(done));
  }
  void run(std::vector<std::string> command, std::chrono::nanoseconds within, ProgramRunner::Done done) override;

 private:
  pipeline::HttpFetcher http_;
  Hold hold_;
};

}  // namespace antiphon::inline v0::detail
