#include "pipeline/run_link.hpp"

#include "pipeline/observe.hpp"
#include "pipeline/user_layers.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// What the user's own predicate says of an answer of which nothing was handed out yet.
void judge(const Link& link, const Track& track, Outcome& outcome) {
  if (!outcome || !link.rules || !link.rules->accept() || track.delivered) return;
  if (link.rules->accept()(*outcome)) return;
  Error error(ErrorKind::content_filtered, "the answer was not accepted");
  error.where("fallback.accept").provider(link.name).request_id(outcome->request_id());
  outcome = Outcome(std::move(error));
}

Task<Outcome> inner(Call& call, const Link& link, Track& track, RetryContext context) {
  if (link.layers.empty()) {
    Outcome outcome = co_await retry(call, link, track, context);
    co_return outcome;
  }
  Next retrying = [&call, &link, context](Track& inside) { return retry(call, link, inside, context); };
  Outcome outcome = co_await user_layers(call, track, link.layers, std::move(retrying));
  co_return outcome;
}

}  // namespace

Task<Outcome> run_link(Call& call, const Link& link, Track& track, RetryContext context) {
  const std::size_t first_attempt = call.attempts.size();
  tell_request(call, link);
  Outcome outcome = co_await inner(call, link, track, context);
  judge(link, track, outcome);
  tell_outcome(call, link, outcome, first_attempt);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
