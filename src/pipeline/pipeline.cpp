#include "pipeline/pipeline.hpp"

#include <exception>

#include "pipeline/attempt.hpp"
#include "pipeline/observe.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// Ends the call when its deadline comes.
class DeadlineTimer {
 public:
  explicit DeadlineTimer(Call& call) : scheduler_(call.scheduler) {
    const Options& options = call.request.options();
    std::optional<std::chrono::steady_clock::time_point> deadline = options.deadline();
    if (const auto& after = options.deadline_after()) {
      const auto relative = call.started + *after;
      if (!deadline || relative < *deadline) deadline = relative;
    }
    if (!deadline) return;
    const auto pass = [&call] {
      call.cancel.cancel(Error(ErrorKind::deadline_exceeded, "the deadline of the call passed").where("deadline"));
    };
    if (*deadline <= call.started) {
      pass();
    } else {
      timer_ = scheduler_.sleep_until(*deadline, pass);
    }
  }
  ~DeadlineTimer() {
    if (timer_) scheduler_.cancel(*timer_);
  }
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

 private:
  Scheduler& scheduler_;
  std::optional<Scheduler::Timer> timer_;
};

/// What a layer or a user's function throws fails this call, and only this one.
Task<Outcome> without_exceptions(std::function<Task<Outcome>()> next) {
  try {
    Outcome outcome = co_await next();
    co_return outcome;
  } catch (const Error& error) {
    co_return error;
  } catch (const std::exception& error) {
    co_return Error(ErrorKind::internal, error.what());
  } catch (...) {
    co_return Error(ErrorKind::internal, "something was thrown that is no exception");
  }
}

}  // namespace

Task<Outcome> run(Call& call, const Link& link) {
  call.started = call.scheduler.steady_now();
  const DeadlineTimer deadline(call);
  // observe: sees everything, once per call, however deep the rest goes.
  // attempt: one exchange with one provider; the only layer that sends.
  std::function<Task<Outcome>()> attempting = [&] { return attempt(call, link); };
  std::function<Task<Outcome>()> guarded = [&] { return without_exceptions(attempting); };
  Outcome outcome = co_await observe(call, guarded);
  co_return outcome;
}

}  // namespace antiphon::inline v0::pipeline
