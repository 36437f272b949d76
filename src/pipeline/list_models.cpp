#include "pipeline/list_models.hpp"

#include <string>
#include <utility>

#include "pipeline/deadline_timer.hpp"
#include "pipeline/retry.hpp"
#include "pipeline/thrown.hpp"
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
  track.exchange = [&call, &models](const Link& its, Track& inner, const AttemptContext& next) {
    return ask_for_models(call, its, inner, next, models);
  };
  const Next asking = [&call, &link](Track& inner) { return retry(call, link, inner, RetryContext()); };
  Outcome outcome = co_await without_throwing(asking, track);
  if (outcome) co_return models;
  Error& failure = outcome.error();
  for (const Warning& warning : call.warnings) failure.warn(warning);
  co_return failure.provider(link.name).attempts(call.attempts);
}

}  // namespace antiphon::inline v0::pipeline
