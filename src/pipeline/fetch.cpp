#include "pipeline/fetch.hpp"

#include <string>
#include <utility>

#include "pipeline/exchange.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// Keeps a whole answer, up to a limit.
class WholeAnswer : public AnswerConsumer {
 public:
  explicit WholeAnswer(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  void head(HttpHead head) override {
    response_.status = head.status;
    response_.headers = std::move(head.headers);
  }
  bool bytes(std::string_view piece) override {
    if (piece.size() > most_bytes_ - response_.body.size()) too_large_ = true;
    if (!too_large_) response_.body += piece;
    return !too_large_;
  }
  std::size_t content_pieces() const override { return response_.body.size(); }
  bool full() const override { return false; }

  int status() const { return response_.status; }
  Result<HttpResponse> take() {
    if (!too_large_) return std::move(response_);
    return Error(ErrorKind::response_too_large, "the answer is larger than " + std::to_string(most_bytes_) + " bytes")
        .http_status(status());
  }

 private:
  std::size_t most_bytes_;
  HttpResponse response_;
  bool too_large_ = false;
};

}  // namespace

Task<Result<HttpResponse>> fetch(Scheduler& scheduler, HttpTransport& transport, CancelScope& cancel,
                                 HttpRequest request, TimeoutSettings timeouts, std::size_t most_bytes, bool* reached) {
  WholeAnswer answer(most_bytes);
  Exchange exchange(scheduler, transport, cancel, timeouts, answer);
  std::optional<Error> error = co_await exchange.run(std::move(request), scheduler.steady_now());
  if (reached) *reached = exchange.connected_once() || answer.status() != 0;
  if (error) co_return error->http_status(answer.status());
  co_return answer.take();
}

}  // namespace antiphon::inline v0::pipeline
