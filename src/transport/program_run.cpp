#include "transport/program_run.hpp"

#include <system_error>
#include <utility>

#include "core/duration_text.hpp"

namespace antiphon::inline v0::transport {

namespace {

constexpr std::size_t most_output = std::size_t{1} << 20;

}  // namespace

void ProgramRun::start(std::vector<std::string> command, std::chrono::nanoseconds within, const Hold& hold) {
  if (hold) hold_ = hold(cancel_);
  if (cancel_.reason()) end_early(*cancel_.reason());
  listener_.emplace(cancel_, [this] { end_early(*cancel_.reason()); });
  timer_ = scheduler_.sleep_until(scheduler_.steady_now() + within, [this, program = command[0], within] {
    timer_.reset();
    end_early(Error(ErrorKind::timeout, program + " did not end within " + in_words(within)));
  });
  try {
    thread_ = std::thread(
        [run = shared_from_this(), command = std::move(command)] { run->post(run->child_.run(command, most_output)); });
  } catch (const std::system_error& error) {
    post(Error(ErrorKind::internal, std::string("no thread for a program: ") + error.what()));
  }
}

void ProgramRun::post(Result<std::string> result) {
  scheduler_.post([run = shared_from_this(), result = std::move(result)] { run->ended(result); });
}

/// The first reason counts.
void ProgramRun::end_early(Error why) {
  if (!why_) why_ = std::move(why);
  child_.end();
}

void ProgramRun::ended(Result<std::string> result) {
  // It has posted this and is at its end: so it never holds the last of the run, and with it of the engine.
  if (thread_.joinable()) thread_.join();
  if (timer_) scheduler_.cancel(*timer_);
  listener_.reset();
  std::exchange(done_, nullptr)(why_ ? Result<std::string>(*why_) : std::move(result));
  // Let go last: what `done` starts must not find the engine closed.
  hold_.reset();
}

}  // namespace antiphon::inline v0::transport
