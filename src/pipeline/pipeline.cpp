#include "pipeline/pipeline.hpp"

#include "pipeline/continue_answer.hpp"
#include "pipeline/deadline_timer.hpp"
#include "pipeline/observe.hpp"
#include "pipeline/thrown.hpp"
#include "pipeline/tools.hpp"
#include "pipeline/unmeant_options.hpp"
#include "pipeline/user_layers.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// What is asked once per round.
Task<Outcome> run_tools(Call& call, Track& track) {
  // An open stream has a frame for each layer that it is in: none for this one when it has nothing to do.
  if (!runs_tools(track.request->options())) return continue_answer(call, track);
  Next round = [&call](Track& inner) { return continue_answer(call, inner); };
  return tools(call, track, std::move(round));
}

/// The rest of the way; what a layer or a user's function throws fails this call, and only this one.
Task<Outcome> inner_layers(Call& call, Track& track) {
  try {
    if (std::optional<Error> refused = note_unmeant_options(call)) co_return std::move(*refused);
    if (call.settings.layers.empty()) {
      Outcome outcome = co_await run_tools(call, track);
      co_return outcome;
    }
    Next rest = [&call](Track& inner) { return run_tools(call, inner); };
    Outcome outcome = co_await user_layers(call, track, call.settings.layers, std::move(rest));
    co_return outcome;
  } catch (...) {
    co_return thrown_error();
  }
}

}  // namespace

// The order of the layers, outermost first:
//   observe          sees everything, once per call, however deep the rest goes
//   user_layers      the user's own: they see what was asked and what came of it, not how
//   tools            once per call; each round takes the rest of the way by itself
//   continue_answer  above fallback, because another provider may go on where one was cut
//   fallback, hedge  the links of the call, one after the other or side by side; then for each link:
//   fetch_media      what the link cannot take by URL comes before its first attempt, and once for all of them
//   retry            around the limits: no permit is held while a retry waits
//   limit            one attempt at a time passes the turnstile of its provider and key
//   attempt          one exchange with one provider; the only layer that sends
Task<Outcome> run(Call& call) {
  const DeadlineTimer deadline(call);
  Track track{.cancel = call.cancel, .output = call.output, .request = &call.request};
  Next inside = [&call](Track& whole) { return inner_layers(call, whole); };
  Outcome outcome = co_await observe(call, track, std::move(inside));
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
