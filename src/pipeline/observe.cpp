#include "pipeline/observe.hpp"

#include <exception>
#include <string>
#include <utility>

namespace antiphon::inline v0::pipeline {

namespace {

constexpr std::chrono::milliseconds slow{10};

std::string milliseconds(std::chrono::nanoseconds duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

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
    call.warnings.emplace_back(name, "the callback took " + milliseconds(took) + " ms and delayed every call");
  }
}

void log_start(Call& call) {
  if (!call.logging()) return;
  LogRecord record(LogLevel::debug, "call.start");
  record.time(call.scheduler.wall_now()).field("messages", std::to_string(call.request.messages().size()));
  record.field("stream", call.output ? "true" : "false");
  call.log(record);
}

void log_end(Call& call, const Outcome& outcome) {
  if (!call.logging()) return;
  LogRecord record(outcome ? LogLevel::info : LogLevel::error, "call.end");
  const std::vector<Attempt>& attempts = outcome ? outcome->attempts() : outcome.error().attempts();
  record.time(call.scheduler.wall_now()).field("attempts", std::to_string(attempts.size()));
  record.field("duration_ms", milliseconds(call.scheduler.steady_now() - call.started));
  if (outcome) {
    record.field("input_tokens", to_string(outcome->usage().input_tokens()));
    record.field("output_tokens", to_string(outcome->usage().output_tokens()));
    record.field("finish_reason", std::string(to_string(outcome->finish_reason())));
  } else {
    record.field("error", std::string(to_string(outcome.error().kind()))).field("place", outcome.error().where());
  }
  call.log(record);
}

void complete(Call& call, Response& response) {
  response.duration(call.scheduler.steady_now() - call.started);
  response.first_content_after(call.first_content);
  response.attempts(std::move(call.attempts));
  for (Warning& warning : std::exchange(call.warnings, {})) response.warn(std::move(warning));
}

void tell_request(Call& call, const Observers& observers) {
  for (const Callbacks& callbacks : observers.callbacks) {
    tell(call, "callbacks.on_request", callbacks.on_request(), call.request);
  }
}

void tell_outcome(Call& call, const Observers& observers, const Outcome& outcome) {
  for (const Callbacks& callbacks : observers.callbacks) {
    if (outcome) {
      tell(call, "callbacks.on_response", callbacks.on_response(), call.request, *outcome);
    } else {
      tell(call, "callbacks.on_error", callbacks.on_error(), call.request, outcome.error());
    }
  }
}

}  // namespace

void tell_request(Call& call, const Link& link) { tell_request(call, link.observers); }

void tell_outcome(Call& call, const Link& link, const Outcome& outcome, std::size_t first_attempt) {
  if (link.observers.callbacks.empty()) return;
  std::vector<Attempt> attempts(call.attempts.begin() + static_cast<std::ptrdiff_t>(first_attempt), call.attempts.end());
  if (outcome) {
    Response response = *outcome;
    response.attempts(std::move(attempts));
    tell_outcome(call, link.observers, response);
  } else {
    Error error = outcome.error();
    error.attempts(std::move(attempts));
    tell_outcome(call, link.observers, error);
  }
}

Task<Outcome> observe(Call& call, Track& track, Next next) {
  log_start(call);
  tell_request(call, call.settings.observers);
  Outcome outcome = co_await next(track);
  if (outcome) {
    complete(call, *outcome);
  } else {
    outcome.error().attempts(call.attempts);
    if (const Response* partial = outcome.error().partial()) {
      Response completed = *partial;
      complete(call, completed);
      outcome.error().partial(std::move(completed));
    }
  }
  tell_outcome(call, call.settings.observers, outcome);
  if (outcome) {
    for (Warning& warning : std::exchange(call.warnings, {})) outcome->warn(std::move(warning));
  }
  log_end(call, outcome);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
