#include "pipeline/attempt_record.hpp"

#include <utility>

namespace antiphon::inline v0::pipeline {

namespace {

std::chrono::milliseconds in_ms(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

}  // namespace

AttemptRecord::AttemptRecord(Call& call, const Link& link, const std::string& url, std::chrono::nanoseconds waited)
    : call_(call), link_(link), started_(call.scheduler.steady_now()), waited_(waited) {
  if (!call.logging(link)) return;
  LogRecord log(LogLevel::debug, "attempt.start");
  log.time(call.scheduler.wall_now()).field("provider", link.name).field("url", url);
  call.log(link, log);
}

void AttemptRecord::end(const Outcome& outcome, int status) {
  const std::chrono::nanoseconds duration = call_.scheduler.steady_now() - started_;
  Attempt attempt(link_.config.provider().name(), link_.config.model());
  attempt.status(status).duration(duration).waited(in_ms(waited_));
  if (outcome) {
    attempt.request_id(outcome->request_id());
  } else {
    const Error& error = outcome.error();
    attempt.error(error.kind(), error.message()).request_id(error.request_id());
  }
  if (call_.logging(link_)) {
    LogRecord log(outcome ? LogLevel::info : LogLevel::warning, "attempt.end");
    log.time(call_.scheduler.wall_now()).field("provider", link_.name).field("status", std::to_string(status));
    log.field("duration_ms", std::to_string(in_ms(duration).count()));
    if (!outcome) log.field("error", std::string(to_string(outcome.error().kind())));
    call_.log(link_, log);
  }
  call_.attempts.push_back(std::move(attempt));
  call_.asked.push_back(&link_);
}

}  // namespace antiphon::inline v0::pipeline
