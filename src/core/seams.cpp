#include <antiphon/authenticator.hpp>
#include <antiphon/http.hpp>
#include <antiphon/scheduler.hpp>

namespace antiphon::inline v0 {

// The seams' destructors live here, so that each interface has one home for its vtable.
Scheduler::~Scheduler() = default;
HttpSink::~HttpSink() = default;
HttpCall::~HttpCall() = default;
HttpTransport::~HttpTransport() = default;
Authenticator::~Authenticator() = default;

}  // namespace antiphon::inline v0
