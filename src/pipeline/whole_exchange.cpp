#include "pipeline/whole_exchange.hpp"

#include <utility>

#include "pipeline/attempt_record.hpp"
#include "pipeline/authorize.hpp"
#include "pipeline/endpoint.hpp"
#include "pipeline/fetch.hpp"
#include "pipeline/secrets.hpp"
#include "providers/errors.hpp"
#include "providers/rate_limits.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

Outcome read_answer(const Call& call, const Link& link, Result<HttpResponse> answer, const ReadAnswer& read) {
  if (!answer) {
    if (answer.error().kind() == ErrorKind::response_too_large) answer.error().where("max_response_bytes");
    return answer.error();
  }
  const auto now = call.scheduler.wall_now();
  if (answer->status < 200 || answer->status >= 300) {
    return link.codec->error(answer->status, answer->headers, answer->body, now);
  }
  try {
    Response response = read(*answer);
    response.request_id(codec::request_id(answer->headers)).provider(link.config.provider().name());
    return response;
  } catch (Error& error) {
    return error.http_status(answer->status).request_id(codec::request_id(answer->headers));
  }
}

}  // namespace

Task<Outcome> whole_exchange(Call& call, const Link& link, Track& track, AttemptContext context, HttpRequest request,
                             const ReadAnswer& read) {
  track.reached = true;
  const TimeoutSettings timeouts = timeouts_for(track, link, context);
  request.large_answer = true;
  apply_config(request, link.config, track.request->options());
  std::optional<Error> refused = co_await authorize(call, track.cancel, *link.authenticator, request);
  if (refused) co_return refused->provider(link.name);
  track.authorized_at = call.scheduler.steady_now();
  AttemptRecord record(call, link, track, request.url, context.waited, track.authorized_at);
  const Secrets secrets(request);
  Result<HttpResponse> answer = co_await fetch(call.scheduler, call.transport, track.cancel, std::move(request),
                                               timeouts, link.config.max_response_bytes(), &track.reached);
  const int status = answer ? answer->status : answer.error().http_status();
  if (answer) {
    const auto pause = codec::exhausted_for(answer->headers, call.scheduler.wall_now());
    if (pause) link.endpoint->close_gate(call.scheduler, *pause);
  }
  Outcome outcome = read_answer(call, link, std::move(answer), read);
  if (!outcome) secrets.remove_from(outcome.error().provider(link.name));
  record.end(outcome, status, call.scheduler.steady_now());
  if (outcome) link.endpoint->content_came(call.scheduler, track.authorized_at);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
