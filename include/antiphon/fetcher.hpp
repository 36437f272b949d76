#pragma once

#include <chrono>
#include <functional>

#include <antiphon/export.hpp>
#include <antiphon/http.hpp>
#include <antiphon/result.hpp>
#include <antiphon/scheduler.hpp>

namespace antiphon::inline v0 {

/// What an `Authenticator` may use of the engine whose call asks it for credentials: requests of its own, for tokens,
/// without a thread and without blocking one. On the engine's thread only, and while its engine lives: inside
/// `authorize_with`, inside `done`, in tasks and timers of its scheduler.
///
/// What it sends belongs to the engine and not to that call: when the call is cancelled it goes on, so that what it
/// brings serves the next. The end of the engine ends it.
class ANTIPHON_EXPORT Fetcher {
 public:
  using Done = std::function<void(Result<HttpResponse>)>;

  virtual ~Fetcher();
  /// The engine's clock and timers.
  virtual Scheduler& scheduler() = 0;
  /// Sends `request` once and calls `done` once, later, on the engine's thread: with the whole answer, whatever its
  /// status, or with the error in its place. An answer that is not whole `within` that time is `timeout`, one beyond
  /// 1 MiB `response_too_large`; when the engine ends it is `cancelled`. `done` must not throw.
  virtual void fetch(HttpRequest request, std::chrono::nanoseconds within, Done done) = 0;
};

}  // namespace antiphon::inline v0
