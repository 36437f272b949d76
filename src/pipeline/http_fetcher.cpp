#include "pipeline/http_fetcher.hpp"

#include <string>
#include <utility>

#include "pipeline/fetch.hpp"
#include "pipeline/thrown.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;

struct Running {
  CancelScope cancel;
  std::shared_ptr<void> hold;
  Fetcher::Done done;
};

TimeoutSettings only_total(std::chrono::nanoseconds within) {
  constexpr auto off = Timeouts::off();
  return TimeoutSettings{.connect = within, .first_content = off, .idle = off, .between_chunks = off, .total = within};
}

Task<Result<HttpResponse>> fetch_safely(Scheduler& scheduler, HttpTransport& transport, CancelScope& cancel,
                                        HttpRequest request, std::chrono::nanoseconds within) {
  try {
    Result<HttpResponse> answer =
        co_await pipeline::fetch(scheduler, transport, cancel, std::move(request), only_total(within), most_bytes);
    co_return answer;
  } catch (...) {
    co_return thrown_error();
  }
}

}  // namespace

void HttpFetcher::fetch(HttpRequest request, std::chrono::nanoseconds within, Done done) {
  const auto running = std::make_shared<Running>();
  running->done = std::move(done);
  if (hold_) running->hold = hold_(running->cancel);
  // Posted, so that `done` never runs inside this call.
  scheduler_.post(
      [running, request = std::move(request), within, &scheduler = scheduler_, &transport = transport_]() mutable {
        // Let go last: what `done` starts must not find the engine closed.
        std::function<void(Result<HttpResponse>)> end = [running](Result<HttpResponse> answer) {
          running->done(std::move(answer));
          running->done = nullptr;
          running->hold.reset();
        };
        spawn(fetch_safely(scheduler, transport, running->cancel, std::move(request), within), std::move(end));
      });
}

}  // namespace antiphon::inline v0::pipeline
