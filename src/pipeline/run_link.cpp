#include "pipeline/run_link.hpp"

#include <optional>

#include "pipeline/asking.hpp"
#include "pipeline/fetch_media.hpp"
#include "pipeline/link_request.hpp"
#include "pipeline/observe.hpp"
#include "pipeline/thrown.hpp"
#include "pipeline/user_layers.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// While it lives, what a link answers is judged before it counts.
class Judging {
 public:
  Judging(Track& track, const Link& link) : track_(track) {
    // Through layers of the link everything has gone already.
    track.judged = track.output && link.layers.empty();
  }
  ~Judging() {
    track_.judged = false;
    track_.held_back.clear();
  }
  Judging(const Judging&) = delete;
  Judging& operator=(const Judging&) = delete;

 private:
  Track& track_;
};

Error not_accepted(ErrorKind kind, std::string message, const Link& link, const Response& response) {
  Error error(kind, std::move(message));
  return error.where("fallback.accept").provider(link.name).request_id(response.request_id());
}

/// An answer that the provider's filter ended is none as long as somebody else is, or can be asked.
bool is_filtered(const Link& link, const Track& track, const RetryContext& context, const Response& response) {
  return has_elsewhere(track, context) && link.rules->leave_on().contains(ErrorKind::content_filtered) &&
         response.finish_reason() == FinishReason::content_filter;
}

/// What the rules of the link and the user's own predicate say of an answer of which nothing was handed out yet.
void judge(const Link& link, const Track& track, const RetryContext& context, Outcome& outcome) {
  if (track.delivered || track.exchange) return;
  const Response& response = *outcome;
  if (is_filtered(link, track, context, response)) {
    Error error(ErrorKind::content_filtered, "the provider's content filter ended the answer");
    outcome = error.provider(link.name).request_id(response.request_id());
    return;
  }
  if (!link.rules->accept()) return;
  try {
    if (link.rules->accept()(response)) return;
    outcome = not_accepted(ErrorKind::content_filtered, "the answer was not accepted", link, response);
  } catch (...) {
    outcome = not_accepted(ErrorKind::internal, "the predicate threw: " + thrown_error().message(), link, response);
  }
}

/// An answer counts only when no other track was faster.
void claim(const Link& link, const Track& track, Outcome& outcome) {
  if (!outcome || !track.claim || track.claim(link)) return;
  outcome = Error(ErrorKind::cancelled, "another provider answered first");
}

/// Of an answer that counts now.
void hand_out_what_was_held_back(Track& track, const Outcome& outcome) {
  if (!outcome || track.held_back.empty()) return;
  for (Chunk& chunk : track.held_back) track.output->push(std::move(chunk));
  track.output->flush();
}

/// The exchange went well, and yet another one gives the answer: it was not accepted, too slow on its way through the
/// link's layers, or not what they made of it.
void note_rejection(Call& call, const Visit& visit, const Error& reason) {
  for (std::size_t i = visit.first_attempt; i < call.attempts.size(); ++i) {
    Attempt& attempt = call.attempts[i];
    if (call.visit_of[i] == visit.number && !attempt.error()) attempt.error(reason.kind(), reason.message());
  }
}

Task<Outcome> inner(Call& call, const Link& link, Track& track, RetryContext context) {
  if (link.layers.empty() || track.exchange) return fetch_media(call, link, track, context);
  Next asking = [&call, &link, context](Track& inside) { return fetch_media(call, link, inside, context); };
  return user_layers(call, track, link.layers, std::move(asking), &link);
}

}  // namespace

Task<Outcome> run_link(Call& call, const Link& link, Track& track, RetryContext context) {
  track.visit = Visit{++call.visits, call.attempts.size()};
  const LinkRequest request(*track.request, link);
  const Asking asking(track, *request);
  const Judging judging(track, link);
  tell_request(call, link, track);
  Outcome outcome = co_await inner(call, link, track, context);
  if (outcome) {
    judge(link, track, context, outcome);
    claim(link, track, outcome);
    hand_out_what_was_held_back(track, outcome);
  }
  if (!outcome) note_rejection(call, track.visit, outcome.error());
  tell_outcome(call, link, track, outcome);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
