#include "pipeline/run_link.hpp"

#include <optional>

#include "pipeline/observe.hpp"
#include "pipeline/user_layers.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// While it lives, the track asks with the link's own options beside those of the call.
class OwnOptions {
 public:
  OwnOptions(Track& track, const Options* options) : track_(track), asked_(track.request) {
    if (!options) return;
    request_.emplace(*track.request);
    request_->options().complete_with(*options);
    track.request = &*request_;
  }
  ~OwnOptions() { track_.request = asked_; }
  OwnOptions(const OwnOptions&) = delete;
  OwnOptions& operator=(const OwnOptions&) = delete;

 private:
  Track& track_;
  const Request* asked_;
  std::optional<Request> request_;
};

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
  const OwnOptions own(track, link.options.get());
  tell_request(call, link);
  Outcome outcome = co_await inner(call, link, track, context);
  judge(link, track, outcome);
  tell_outcome(call, link, outcome, first_attempt);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
