#include "pipeline/list_models.hpp"

#include <string>
#include <utility>

#include "pipeline/authorize.hpp"
#include "pipeline/fetch.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

Result<std::vector<ModelInfo>> read_answer(const Call& call, const Link& link, Result<HttpResponse> answer) {
  if (!answer) {
    if (answer.error().kind() == ErrorKind::response_too_large) answer.error().where("max_response_bytes");
    return answer.error();
  }
  if (answer->status < 200 || answer->status >= 300) {
    return link.codec->error(answer->status, answer->headers, answer->body, call.scheduler.wall_now());
  }
  return link.codec->models(answer->body);
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
    std::optional<Error> refused = co_await authorize(call, call.cancel, *link.authenticator, request);
    if (refused) co_return refused->provider(link.name);
    Result<HttpResponse> answer = co_await fetch(call.scheduler, call.transport, call.cancel, std::move(request),
                                                 timeouts, link.config.max_response_bytes());
    Result<std::vector<ModelInfo>> models = read_answer(call, link, std::move(answer));
    if (!models) models.error().provider(link.name);
    co_return models;
  } catch (Error& failure) {
    co_return failure.provider(link.name);
  } catch (const std::exception& failure) {
    co_return Error(ErrorKind::internal, failure.what());
  }
}

}  // namespace antiphon::inline v0::pipeline
