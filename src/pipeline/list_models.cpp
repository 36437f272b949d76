#include "pipeline/list_models.hpp"

#include <string>
#include <utility>

#include "pipeline/authorize.hpp"
#include "pipeline/exchange.hpp"
#include "pipeline/secrets.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// Keeps a whole body, up to a limit.
class Body : public AnswerConsumer {
 public:
  explicit Body(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  void head(const HttpHead& head) override { head_ = head; }
  bool bytes(std::string_view piece) override {
    if (text_.size() + piece.size() > most_bytes_) too_large_ = true;
    if (!too_large_) text_ += piece;
    return !too_large_;
  }
  std::size_t content_pieces() const override { return text_.size(); }
  bool full() const override { return false; }

  const HttpHead& received_head() const { return head_; }
  const std::string& text() const { return text_; }
  bool too_large() const { return too_large_; }

 private:
  std::size_t most_bytes_;
  HttpHead head_;
  std::string text_;
  bool too_large_ = false;
};

Result<std::vector<ModelInfo>> read_answer(const Call& call, const Link& link, const Body& body) {
  if (body.too_large()) {
    return Error(ErrorKind::response_too_large, "the list of models is too large").where("max_response_bytes");
  }
  const HttpHead& head = body.received_head();
  if (head.status < 200 || head.status >= 300) {
    return link.codec->error(head.status, head.headers, body.text(), call.scheduler.wall_now());
  }
  return link.codec->models(body.text());
}

}  // namespace

Task<Result<std::vector<ModelInfo>>> list_models(Call& call) {
  const Link& link = call.links.front();
  call.started = call.scheduler.steady_now();
  try {
    if (link.model) co_return std::vector<ModelInfo>{ModelInfo(link.config.model())};
    HttpRequest request = link.codec->list_models(link.target);
    const TimeoutSettings timeouts = decide_timeouts(call.request.options().timeouts(), link.config.timeouts());
    apply_config(request, link.config, call.request.options());
    std::optional<Error> error = co_await authorize(call, call.cancel, *link.authenticator, request);
    Body body(link.config.max_response_bytes());
    const Secrets secrets(request.headers);
    Exchange exchange(call.scheduler, call.transport, call.cancel, timeouts, body);
    if (!error) error = co_await exchange.run(std::move(request));
    if (error) co_return error->provider(link.name);
    Result<std::vector<ModelInfo>> models = read_answer(call, link, body);
    if (!models) {
      models.error().provider(link.name);
      secrets.remove_from(models.error());
    }
    co_return models;
  } catch (Error& failure) {
    co_return failure.provider(link.name);
  } catch (const std::exception& failure) {
    co_return Error(ErrorKind::internal, failure.what());
  }
}

}  // namespace antiphon::inline v0::pipeline
