#include "pipeline/list_models.hpp"

#include <exception>
#include <string>
#include <utility>

#include "pipeline/deadline_timer.hpp"
#include "pipeline/retry.hpp"
#include "pipeline/whole_exchange.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// One exchange; the list goes to `models`, and the outcome is empty.
Task<Outcome> ask_for_models(Call& call, const Link& link, Track& track, AttemptContext context,
                             std::vector<ModelInfo>& models) {
  const ReadAnswer read = [&link, &models](const HttpResponse& answer) {
    models = link.codec->models(answer.body);
    return Response();
  };
  HttpRequest request = link.codec->list_models(link.target);
  Outcome outcome = co_await whole_exchange(call, link, track, context, std::move(request), read);
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
