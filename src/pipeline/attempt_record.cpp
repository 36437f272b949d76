#include "pipeline/attempt_record.hpp"

#include <memory>
#include <utility>

#include "core/duration_text.hpp"
#include "core/secret_names.hpp"
#include "pipeline/link_facts.hpp"
#include "providers/billed_usage.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// Reads the catalogue for it, which takes its time.
class CatalogueBill : public detail::Bill {
 public:
  CatalogueBill(catalogue::KnownModel model, Usage used, std::chrono::system_clock::time_point when)
      : model_(std::move(model)), used_(used), when_(when) {}
  Money cost() const override { return cost_of(model_, used_, when_); }

 private:
  catalogue::KnownModel model_;
  Usage used_;
  std::chrono::system_clock::time_point when_;
};

/// Of the answer, or of what had arrived of one.
Usage billed(const Outcome& outcome, const Usage& said) {
  if (outcome) return codec::billed_usage(*outcome);
  const Response* partial = outcome.error().partial();
  return partial ? codec::billed_usage(*partial) : said;
}

}  // namespace

AttemptRecord::AttemptRecord(Call& call, const Link& link, const Track& track, const std::string& url,
                             std::chrono::nanoseconds waited, Time started)
    : call_(call), link_(link), track_(track), started_(started), waited_(waited), began_(call.scheduler.wall_now()) {
  if (!call.logging(link)) return;
  LogRecord log(LogLevel::debug, "attempt.start");
  log.time(began_).field("provider", link.name).field("url", masked_query(url));
  call.log(link, log);
}

/// Nobody bills what was refused or never arrived; what broke off may have cost anything.
void AttemptRecord::bill(Attempt& attempt, const Outcome& outcome) const {
  constexpr int first_refusal = 300;
  const Usage used = billed(outcome, attempt.usage());
  if (outcome || used.known()) {
    attempt.cost(std::make_shared<const CatalogueBill>(link_.known, used, began_));
  } else if (attempt.status() >= first_refusal || !track_.reached) {
    attempt.cost(Money::zero());
  }
}

void AttemptRecord::end(const Outcome& outcome, int status, Time now, const Usage& used) {
  const std::chrono::nanoseconds duration = now - started_;
  Attempt attempt(link_.config.provider().name(), link_.config.model());
  attempt.status(status).duration(duration).waited(std::chrono::duration_cast<std::chrono::milliseconds>(waited_));
  attempt.usage(outcome.usage() ? *outcome.usage() : used);
  bill(attempt, outcome);
  // One that failed counts with what it said that it used: may be a part of that, or nothing.
  if (call_.counts_cost) call_.spent += outcome ? attempt.cost() : attempt.cost().at_least();
  if (outcome) {
    attempt.request_id(outcome->request_id());
  } else {
    const Error& error = outcome.error();
    attempt.error(error.kind(), error.message()).request_id(error.request_id());
  }
  if (call_.logging(link_)) {
    LogRecord log(outcome ? LogLevel::info : LogLevel::warning, "attempt.end");
    log.time(call_.scheduler.wall_now()).field("provider", link_.name).field("status", std::to_string(status));
    log.field("duration_ms", in_milliseconds(duration)).field("cost", to_string(attempt.cost()));
    if (!outcome) log.field("error", std::string(to_string(outcome.error().kind())));
    call_.log(link_, log);
  }
  call_.attempts.push_back(std::move(attempt));
  call_.visit_of.push_back(track_.visit.number);
}

}  // namespace antiphon::inline v0::pipeline
