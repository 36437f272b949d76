#include "pipeline/run_link.hpp"

#include <exception>
#include <optional>

#include "pipeline/link_request.hpp"
#include "pipeline/observe.hpp"
#include "pipeline/user_layers.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// While it lives, the track asks what the link is asked.
class Asking {
 public:
  Asking(Track& track, const Link& link) : track_(track), asked_(track.request), request_(*asked_, link) {
    track.request = &*request_;
  }
  ~Asking() { track_.request = asked_; }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

 private:
  Track& track_;
  const Request* asked_;
  LinkRequest request_;
};

Error not_accepted(ErrorKind kind, std::string message, const Link& link, const Response& response) {
  Error error(kind, std::move(message));
  return error.where("fallback.accept").provider(link.name).request_id(response.request_id());
}

/// What the user's own predicate says of an answer of which nothing was handed out yet.
void judge(const Link& link, const Track& track, Outcome& outcome) {
  if (!link.rules || !link.rules->accept() || track.delivered || track.exchange) return;
  const Response& response = *outcome;
  try {
    if (link.rules->accept()(response)) return;
    outcome = not_accepted(ErrorKind::content_filtered, "the answer was not accepted", link, response);
  } catch (const std::exception& error) {
    outcome = not_accepted(ErrorKind::internal, std::string("the predicate threw: ") + error.what(), link, response);
  } catch (...) {
    outcome = not_accepted(ErrorKind::internal, "the predicate threw", link, response);
  }
}

/// An answer counts only when no other track was faster.
void claim(const Link& link, const Track& track, Outcome& outcome) {
  if (!outcome || !track.claim || track.claim(link)) return;
  outcome = Error(ErrorKind::cancelled, "another provider answered first");
}

/// The exchange went well, and yet another one gives the answer: it was not accepted, too slow on its way through the
/// link's layers, or not what they made of it.
void note_rejection(Call& call, const Link& link, const Error& reason, std::size_t first_attempt) {
  for (std::size_t i = first_attempt; i < call.attempts.size(); ++i) {
    Attempt& attempt = call.attempts[i];
    if (call.asked[i] == &link && !attempt.error()) attempt.error(reason.kind(), reason.message());
  }
}

Task<Outcome> inner(Call& call, const Link& link, Track& track, RetryContext context) {
  if (link.layers.empty() || track.exchange) return retry(call, link, track, context);
  Next retrying = [&call, &link, context](Track& inside) { return retry(call, link, inside, context); };
  return user_layers(call, track, link.layers, std::move(retrying), &link);
}

}  // namespace

Task<Outcome> run_link(Call& call, const Link& link, Track& track, RetryContext context) {
  const std::size_t first_attempt = call.attempts.size();
  const Asking asking(track, link);
  tell_request(call, link);
  Outcome outcome = co_await inner(call, link, track, context);
  if (outcome) {
    judge(link, track, outcome);
    claim(link, track, outcome);
  }
  // Requests of one call for embeddings share the link: those that went well are not touched.
  if (!outcome && !track.exchange) note_rejection(call, link, outcome.error(), first_attempt);
  tell_outcome(call, link, outcome, first_attempt);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
