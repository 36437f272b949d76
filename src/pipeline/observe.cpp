#include "pipeline/observe.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "core/attempts_cost.hpp"
#include "core/duration_text.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

constexpr std::chrono::milliseconds slow{10};

/// Calls one user function; what it throws, and that it was slow, becomes a warning.
template <class Function, class... Arguments>
void tell(Call& call, const char* name, const Function& function, const Arguments&... arguments) {
  if (!function) return;
  const auto started = call.scheduler.steady_now();
  try {
    function(arguments...);
  } catch (const std::exception& error) {
    call.warnings.emplace_back(name, std::string("the callback threw: ") + error.what());
  } catch (...) {
    call.warnings.emplace_back(name, "the callback threw");
  }
  const auto took = call.scheduler.steady_now() - started;
  if (took > slow) {
    call.warnings.emplace_back(name, "the callback took " + in_words(took) + " and delayed every call");
  }
}

void log_start(Call& call) {
  if (!call.logging()) return;
  LogRecord record(LogLevel::debug, "call.start");
  record.time(call.scheduler.wall_now());
  record.field(call.request.embedding() ? "texts" : "messages", std::to_string(call.request.messages().size()));
  record.field("stream", call.output ? "true" : "false");
  call.log(record);
}

void log_end(Call& call, const Outcome& outcome) {
  if (!call.logging()) return;
  LogRecord record(outcome ? LogLevel::info : LogLevel::error, "call.end");
  const std::vector<Attempt>& attempts = outcome ? outcome->attempts() : outcome.error().attempts();
  record.time(call.scheduler.wall_now()).field("attempts", std::to_string(attempts.size()));
  record.field("duration_ms", in_milliseconds(call.scheduler.steady_now() - call.started));
  record.field("cost", to_string(cost_of(attempts)));
  if (outcome) {
    record.field("input_tokens", to_string(outcome->usage().input_tokens()));
    record.field("output_tokens", to_string(outcome->usage().output_tokens()));
    record.field("finish_reason", std::string(to_string(outcome->finish_reason())));
  } else {
    record.field("error", std::string(to_string(outcome.error().kind()))).field("place", outcome.error().where());
  }
  call.log(record);
}

/// What the call knows, without saying anything twice.
template <class Answer>
void warn(Call& call, Answer& answer) {
  for (Warning& warning : std::exchange(call.warnings, {})) {
    const std::vector<Warning>& known = answer.warnings();
    if (std::find(known.begin(), known.end(), warning) == known.end()) answer.warn(std::move(warning));
  }
}

/// Another one that was asked beside it may have taken longer to give up.
void put_good_one_last(std::vector<Attempt>& attempts) {
  const auto good = std::find_if(attempts.rbegin(), attempts.rend(), [](const Attempt& a) { return !a.error(); });
  if (good != attempts.rend()) std::rotate(good.base() - 1, good.base(), attempts.end());
}

void complete(Call& call, Response& response) {
  response.duration(call.scheduler.steady_now() - call.started);
  response.first_content_after(call.first_content);
  response.attempts(std::exchange(call.attempts, {}));
  warn(call, response);
}

void complete(Call& call, Error& error) {
  error.attempts(call.attempts);
  const Response* partial = error.partial();
  if (!partial) return warn(call, error);
  Response completed = *partial;
  complete(call, completed);
  for (const Warning& warning : completed.warnings()) error.warn(warning);
  error.partial(std::move(completed));
}

void tell_request(Call& call, const Observers& observers, const Request& request) {
  for (const Callbacks& callbacks : observers.callbacks) {
    tell(call, "callbacks.on_request", callbacks.on_request(), request);
  }
}

void tell_outcome(Call& call, const Observers& observers, const Request& request, const Outcome& outcome) {
  for (const Callbacks& callbacks : observers.callbacks) {
    if (outcome) {
      tell(call, "callbacks.on_response", callbacks.on_response(), request, *outcome);
    } else {
      tell(call, "callbacks.on_error", callbacks.on_error(), request, outcome.error());
    }
  }
}

}  // namespace

void tell_request(Call& call, const Link& link, const Track& track) {
  tell_request(call, link.observers, *track.request);
}

void tell_outcome(Call& call, const Link& link, const Track& track, const Outcome& outcome) {
  if (link.observers.callbacks.empty()) return;
  // Another link may have been asked beside it, or the same one by another request of the call.
  std::vector<Attempt> attempts;
  for (std::size_t i = track.visit.first_attempt; i < call.attempts.size(); ++i) {
    if (call.visit_of[i] == track.visit.number) attempts.push_back(call.attempts[i]);
  }
  if (outcome) {
    Response response = *outcome;
    response.attempts(std::move(attempts));
    tell_outcome(call, link.observers, *track.request, response);
  } else {
    Error error = outcome.error();
    error.attempts(std::move(attempts));
    tell_outcome(call, link.observers, *track.request, error);
  }
}

Task<Outcome> observe(Call& call, Track& track, Next next) {
  log_start(call);
  tell_request(call, call.settings.observers, call.request);
  Outcome outcome = co_await next(track);
  if (outcome) {
    put_good_one_last(call.attempts);
    complete(call, *outcome);
  } else {
    complete(call, outcome.error());
  }
  tell_outcome(call, call.settings.observers, call.request, outcome);
  // What the callbacks themselves gave rise to.
  if (outcome) {
    warn(call, *outcome);
  } else {
    warn(call, outcome.error());
  }
  log_end(call, outcome);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
