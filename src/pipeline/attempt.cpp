#include "pipeline/attempt.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/answer_stream.hpp"
#include "pipeline/ask_model.hpp"
#include "pipeline/attempt_record.hpp"
#include "pipeline/authorize.hpp"
#include "pipeline/exchange.hpp"
#include "pipeline/secrets.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

void with_provider(const Outcome& outcome, const Link& link) {
  if (outcome) {
    outcome->provider(link.config.provider().name());
  } else if (outcome.error().provider().empty()) {
    outcome.error().provider(link.name);
  }
}

Task<Outcome> exchange(Call& call, const Link& link, Track& track, HttpRequest& request,
                       const AttemptContext& context) {
  const TimeoutSettings timeouts = timeouts_for(track, link, context);
  // Got its credentials, and goes out at once.
  const auto started = track.authorized_at;
  AttemptRecord record(call, link, track, request.url, context.waited, started);
  const Secrets secrets(request);
  AnswerStream answer(call, link, track, started);
  Exchange exchange(call.scheduler, call.transport, track.cancel, timeouts, answer);
  if (track.output) track.output->on_room([&exchange] { exchange.resume(); });
  std::optional<Error> error = co_await exchange.run(std::move(request), started);
  if (track.output) track.output->on_room(nullptr);
  track.reached = exchange.connected_once() || answer.status() != 0;
  const auto now = call.scheduler.steady_now();
  Outcome outcome = answer.end(std::move(error), now);
  if (!outcome) secrets.remove_from(outcome.error());
  with_provider(outcome, link);
  record.end(outcome, answer.status(), now, answer.usage());
  co_return outcome;
}

Task<Outcome> exchange_with_model(Call& call, const Link& link, Track& track, const AttemptContext& context) {
  const TimeoutSettings timeouts = timeouts_for(track, link, context);
  AttemptRecord record(call, link, track, std::string(), context.waited, call.scheduler.steady_now());
  Outcome outcome = co_await ask_model(call, link, track, timeouts);
  with_provider(outcome, link);
  record.end(outcome, 0, call.scheduler.steady_now());
  co_return outcome;
}

}  // namespace

TimeoutSettings timeouts_for(const Track& track, const Link& link, const AttemptContext& context) {
  TimeoutSettings timeouts = decide_timeouts(track.request->options().timeouts(), link.config.timeouts());
  if (context.first_content_within) {
    timeouts.first_content = std::min(timeouts.first_content, *context.first_content_within);
  }
  return timeouts;
}

Task<Outcome> attempt(Call& call, const Link& link, Track& track, AttemptContext context) {
  track.reached = true;
  try {
    if (link.model) {
      Outcome outcome = co_await exchange_with_model(call, link, track, context);
      co_return outcome;
    }
    EncodedRequest encoded = link.codec->encode(*track.request, link.target);
    if (context.first) {
      for (Warning& warning : encoded.warnings) call.warnings.push_back(std::move(warning));
    }
    encoded.http.streaming = track.output != nullptr;
    apply_config(encoded.http, link.config, track.request->options());
    std::optional<Error> refused = co_await authorize(call, track.cancel, *link.authenticator, encoded.http);
    if (refused) co_return refused->provider(link.name);
    track.authorized_at = call.scheduler.steady_now();
    Outcome outcome = co_await exchange(call, link, track, encoded.http, context);
    co_return outcome;
  } catch (Error& error) {
    co_return error.provider(link.name);
  }
}

}  // namespace antiphon::inline v0::pipeline
