#include "pipeline/limit.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/duration_text.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// What a request probably needs: a token for each four bytes of text, and the answer that was allowed for. What an
/// image is to the model does not follow from its bytes.
double estimate_tokens(const Request& request) {
  constexpr double bytes_per_token = 4;
  std::size_t bytes = 0;
  for (const Tool& tool : request.options().tools()) {
    bytes += tool.name().size() + tool.description().size() + tool.parameters().text().size();
  }
  for (const Message& message : request.messages()) {
    for (const Part& part : message.parts()) bytes += part.text().size() + part.arguments().size();
  }
  return std::ceil(static_cast<double>(bytes) / bytes_per_token) +
         static_cast<double>(request.options().max_tokens().value_or(0));
}

double tokens_for(const Track& track, const Link& link) {
  return link.config.limits().tokens_per_minute() ? estimate_tokens(*track.request) : 0;
}

Error turned_away(const Call& call, const Link& link) {
  const auto now = call.scheduler.steady_now();
  const Gate& gate = link.endpoint->gate();
  if (!gate.closed(now)) {
    const char* what = gate.admits(now) ? "the limits let no more calls pass for now"
                                        : "the provider asked for a pause, after which others go first";
    Error error(ErrorKind::rate_limited, what);
    return error.provider(link.name);
  }
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(gate.closed_until() - now);
  return Error(ErrorKind::rate_limited, "the provider asked for a pause, of which " + in_words(ms) + " are left")
      .provider(link.name)
      .retry_after(ms);
}

/// How long is only known for who is the first in the row, and does not wait for somebody to leave.
void log_wait(Call& call, const Link& link, Turnstile& turnstile, double tokens) {
  if (!call.logging(link)) return;
  const auto now = call.scheduler.steady_now();
  LogRecord record(LogLevel::debug, "limit.wait");
  record.time(call.scheduler.wall_now()).field("provider", link.name);
  record.field("held_by", link.endpoint->gate().admits(now) ? "limits" : "pause");
  record.field("waiting", std::to_string(turnstile.waiting()));
  const auto turn = turnstile.next_turn(now, tokens);
  if (turn && turnstile.waiting() == 0) {
    record.field("wait_ms", in_milliseconds(std::chrono::ceil<std::chrono::milliseconds>(*turn - now)));
  }
  call.log(link, record);
}

}  // namespace

std::optional<Endpoint::Permit> admit_at_once(Call& call, const Link& link, const Track& track, Endpoint::Time now) {
  Turnstile& turnstile = link.endpoint->turnstile(link.config.limits());
  const double tokens = tokens_for(track, link);
  if (!turnstile.try_enter(now, tokens)) return std::nullopt;
  return std::make_optional<Endpoint::Permit>(link.endpoint, turnstile, call.scheduler, now, tokens);
}

Task<Admission> admit(Call& call, const Link& link, Track& track, Turnstile::Patience patience) {
  const double tokens = tokens_for(track, link);
  Turnstile& turnstile = link.endpoint->turnstile(link.config.limits());
  const auto pause = link.endpoint->gate().closed_until() - call.scheduler.steady_now();
  if (pause <= patience.pause) log_wait(call, link, turnstile, tokens);
  std::optional<std::uint64_t> number;
  for (;;) {
    const Turnstile::Turn turn = co_await turnstile.enter(call.scheduler, track.cancel, tokens, patience, number);
    if (turn.entry == Turnstile::Entry::cancelled) co_return *track.cancel.reason();
    if (turn.entry == Turnstile::Entry::turned_away) co_return turned_away(call, link);
    Endpoint::Permit permit(link.endpoint, turnstile, call.scheduler, turn.at, tokens);
    // Much may have happened between its turn and now.
    if (!track.cancel.reason() && !link.endpoint->gate().closed(call.scheduler.steady_now())) co_return permit;
    permit.unused();
    if (track.cancel.reason()) co_return *track.cancel.reason();
    number = turn.number;
  }
}

std::optional<Endpoint::Time> next_turn(const Link& link, const Track& track, Endpoint::Time now) {
  Turnstile& turnstile = link.endpoint->turnstile(link.config.limits());
  if (turnstile.waiting() != 0) return std::nullopt;
  return turnstile.next_turn(now, tokens_for(track, link));
}

}  // namespace antiphon::inline v0::pipeline
