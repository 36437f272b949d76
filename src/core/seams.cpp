#include <utility>

#include <antiphon/authenticator.hpp>
#include <antiphon/fetcher.hpp>
#include <antiphon/http.hpp>
#include <antiphon/scheduler.hpp>

#include "core/program_runner.hpp"

namespace antiphon::inline v0 {

// The seams' destructors live here, so that each interface has one home for its vtable.
Scheduler::~Scheduler() = default;
SocketWatch::~SocketWatch() = default;
HttpSink::~HttpSink() = default;
HttpCall::~HttpCall() = default;
HttpTransport::~HttpTransport() = default;
Fetcher::~Fetcher() = default;
Authenticator::~Authenticator() = default;
ProgramRunner::~ProgramRunner() = default;

void Scheduler::work_began() {}
void Scheduler::work_ended() {}

void Authenticator::authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) {
  authorize(request, fetcher.scheduler().wall_now(), std::move(done));
}

bool Authenticator::rejected_with(const Error& answer, std::chrono::steady_clock::time_point) {
  return answer.http_status() == 401 && rejected();
}

}  // namespace antiphon::inline v0
