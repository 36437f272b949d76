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
  call.log(std::move(record));
}

void log_end(Call& call, const Outcome& outcome) {
  if (!call.logging()) return;
  LogRecord record(outcome ? LogLevel::info : LogLevel::error, "call.end");
  record.time(call.scheduler.wall_now()).field("attempts", std::to_string(call.attempts.size()));
  record.field("duration_ms", milliseconds(call.scheduler.steady_now() - call.started));
  if (outcome) {
    record.field("input_tokens", to_string(outcome->usage().input_tokens()));
    record.field("output_tokens", to_string(outcome->usage().output_tokens()));
    record.field("finish_reason", std::string(to_string(outcome->finish_reason())));
  } else {
    record.field("error", std::string(to_string(outcome.error().kind()))).field("place", outcome.error().where());
  }
  call.log(std::move(record));
}

void complete(Call& call, Response& response) {
  response.duration(call.scheduler.steady_now() - call.started);
  response.first_content_after(call.first_content);
  response.attempts(call.attempts);
  for (Warning& warning : std::exchange(call.warnings, {})) response.warn(std::move(warning));
}

}  // namespace

Task<Outcome> observe(Call& call, std::function<Task<Outcome>()> next) {
  log_start(call);
  for (const Callbacks& callbacks : call.settings.callbacks) {
    tell(call, "callbacks.on_request", callbacks.on_request(), call.request);
  }
  Outcome outcome = co_await next();
  if (outcome) {
    complete(call, *outcome);
    for (const Callbacks& callbacks : call.settings.callbacks) {
      tell(call, "callbacks.on_response", callbacks.on_response(), call.request, *outcome);
    }
    for (Warning& warning : std::exchange(call.warnings, {})) outcome->warn(std::move(warning));
  } else {
    if (const Response* partial = outcome.error().partial()) {
      Response completed = *partial;
      complete(call, completed);
      outcome.error().partial(std::move(completed));
    }
    outcome.error().attempts(call.attempts);
    for (const Callbacks& callbacks : call.settings.callbacks) {
      tell(call, "callbacks.on_error", callbacks.on_error(), call.request, outcome.error());
    }
  }
  log_end(call, outcome);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
