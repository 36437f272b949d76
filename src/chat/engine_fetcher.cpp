#include "chat/engine_fetcher.hpp"

#include <memory>
#include <utility>

#include "transport/program_run.hpp"

namespace antiphon::inline v0::detail {

void EngineFetcher::run(std::vector<std::string> command, std::chrono::nanoseconds within, ProgramRunner::Done done) {
  std::make_shared<transport::ProgramRun>(scheduler(), std::move(done))->start(std::move(command), within, hold_);
}

}  // namespace antiphon::inline v0::detail
