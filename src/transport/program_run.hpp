#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <antiphon/scheduler.hpp>

#include "core/cancel_scope.hpp"
#include "core/program_runner.hpp"
#include "transport/child_process.hpp"

namespace antiphon::inline v0::transport {

/// A program that an engine runs, on a thread of its own.
class ProgramRun : public std::enable_shared_from_this<ProgramRun> {
 public:
  /// Gives what is kept as long as the program runs, which it may cancel.
  using Hold = std::function<std::shared_ptr<void>(CancelScope&)>;

  ProgramRun(Scheduler& scheduler, ProgramRunner::Done done) : scheduler_(scheduler), done_(std::move(done)) {}

  /// On the scheduler's thread, which does not wait for it.
  void start(std::vector<std::string> command, std::chrono::nanoseconds within, const Hold& hold);

 private:
  void end_early(Error why);
  void ended(Result<std::string> result);
  void post(Result<std::string> result);

  Scheduler& scheduler_;
  ProgramRunner::Done done_;
  CancelScope cancel_;
  std::shared_ptr<void> hold_;
  std::optional<CancelScope::Listener> listener_;
  std::optional<Scheduler::Timer> timer_;
  std::optional<Error> why_;  ///< it is ended early
  ChildProcess child_;
  std::thread thread_;
};

}  // namespace antiphon::inline v0::transport
