#include "pipeline/attempt.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/answer_stream.hpp"
#include "pipeline/ask_model.hpp"
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

void log_start(Call& call, const Link& link, const std::string& url) {
  if (!call.logging(link)) return;
  LogRecord log(LogLevel::debug, "attempt.start");
  log.time(call.scheduler.wall_now()).field("provider", link.name).field("url", url);
  call.log(link, log);
}

void note(Call& call, const Link& link, const Outcome& outcome, int status, std::chrono::nanoseconds duration,
          std::chrono::nanoseconds waited) {
  Attempt record(link.config.provider().name(), link.config.model());
  record.status(status).duration(duration).waited(std::chrono::duration_cast<std::chrono::milliseconds>(waited));
  if (outcome) {
    record.request_id(outcome->request_id());
  } else {
    const Error& error = outcome.error();
    record.error(error.kind(), error.message()).request_id(error.request_id());
  }
  if (call.logging(link)) {
    LogRecord log(outcome ? LogLevel::info : LogLevel::warning, "attempt.end");
    log.time(call.scheduler.wall_now()).field("provider", link.name).field("status", std::to_string(status));
    log.field("duration_ms", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()));
    if (!outcome) log.field("error", std::string(to_string(outcome.error().kind())));
    call.log(link, log);
  }
  call.attempts.push_back(std::move(record));
}

TimeoutSettings timeouts_for(const Track& track, const Link& link, const AttemptContext& context) {
  TimeoutSettings timeouts = decide_timeouts(track.request->options().timeouts(), link.config.timeouts());
  if (context.first_content_within) {
    timeouts.first_content = std::min(timeouts.first_content, *context.first_content_within);
  }
  return timeouts;
}

Task<Outcome> exchange(Call& call, const Link& link, Track& track, HttpRequest request,
                       const AttemptContext& context) {
  const auto started = call.scheduler.steady_now();
  log_start(call, link, request.url);
  const Secrets secrets(request.headers);
  AnswerStream answer(call, link, track);
  Exchange exchange(call.scheduler, call.transport, track.cancel, timeouts_for(track, link, context), answer);
  if (track.output) track.output->on_room([&exchange] { exchange.resume(); });
  std::optional<Error> error = co_await exchange.run(std::move(request));
  if (track.output) track.output->on_room(nullptr);
  track.reached = exchange.connected_once();
  Outcome outcome = answer.end(std::move(error));
  if (!outcome) secrets.remove_from(outcome.error());
  with_provider(outcome, link);
  note(call, link, outcome, answer.status(), call.scheduler.steady_now() - started, context.waited);
  co_return outcome;
}

}  // namespace

Task<Outcome> attempt(Call& call, const Link& link, Track& track, AttemptContext context) {
  track.reached = true;
  try {
    if (link.model) {
      const auto started = call.scheduler.steady_now();
      log_start(call, link, std::string());
      Outcome outcome = co_await ask_model(call, link, track, timeouts_for(track, link, context));
      with_provider(outcome, link);
      note(call, link, outcome, 0, call.scheduler.steady_now() - started, context.waited);
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
    Outcome outcome = co_await exchange(call, link, track, std::move(encoded.http), context);
    co_return outcome;
  } catch (Error& error) {
    co_return error.provider(link.name);
  }
}

}  // namespace antiphon::inline v0::pipeline
