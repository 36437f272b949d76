#include "pipeline/list_models.hpp"

#include <exception>
#include <string>
#include <utility>

#include "pipeline/attempt_record.hpp"
#include "pipeline/authorize.hpp"
#include "pipeline/deadline_timer.hpp"
#include "pipeline/endpoint.hpp"
#include "pipeline/fetch.hpp"
#include "pipeline/retry.hpp"
#include "pipeline/secrets.hpp"

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
  try {
    return link.codec->models(answer->body);
  } catch (const Error& error) {
    return error;
  }
}

/// One exchange; the list goes to `models`, and the outcome is empty.
Task<Outcome> ask_for_models(Call& call, const Link& link, Track& track, AttemptContext context,
                             std::vector<ModelInfo>& models) {
  HttpRequest request = link.codec->list_models(link.target);
  const TimeoutSettings timeouts = decide_timeouts(track.request->options().timeouts(), link.config.timeouts());
  apply_config(request, link.config, track.request->options());
  std::optional<Error> refused = co_await authorize(call, track.cancel, *link.authenticator, request);
  if (refused) co_return refused->provider(link.name);
  track.authorized_at = call.scheduler.steady_now();
  AttemptRecord record(call, link, request.url, context.waited);
  const Secrets secrets(request.headers);
  Result<HttpResponse> answer = co_await fetch(call.scheduler, call.transport, track.cancel, std::move(request),
                                               timeouts, link.config.max_response_bytes());
  const int status = answer ? answer->status : answer.error().http_status();
  Result<std::vector<ModelInfo>> list = read_answer(call, link, std::move(answer));
  if (!list) secrets.remove_from(list.error().provider(link.name));
  Outcome outcome = list ? Outcome(Response()) : Outcome(list.error());
  record.end(outcome, status);
  if (list) {
    link.endpoint->content_came(call.scheduler, track.authorized_at);
    models = std::move(*list);
  }
  co_return outcome;
}

}  // namespace

Task<Result<std::vector<ModelInfo>>> list_models(Call& call) {
  const Link& link = call.links.front();
  const DeadlineTimer deadline(call);
  if (link.model) co_return std::vector<ModelInfo>{ModelInfo(link.config.model())};
  std::vector<ModelInfo> models;
  Track track{.cancel = call.cancel, .output = nullptr, .request = &call.request};
  AttemptFunction ask = [&](Track& inner, const AttemptContext& next) {
    return ask_for_models(call, link, inner, next, models);
  };
  const RetryContext alone;
  try {
    Outcome outcome = co_await retry(call, link, track, alone, std::move(ask));
    if (outcome) co_return models;
    co_return outcome.error().attempts(call.attempts);
  } catch (Error& failure) {
    co_return failure.provider(link.name).attempts(call.attempts);
  } catch (const std::exception& failure) {
    co_return Error(ErrorKind::internal, failure.what());
  }
}

}  // namespace antiphon::inline v0::pipeline
