#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/async.hpp>
#include <antiphon/export.hpp>
#include <antiphon/hidden.hpp>
#include <antiphon/http.hpp>
#include <antiphon/scheduler.hpp>

namespace antiphon::inline v0 {

namespace detail {
class EngineCore;
}

/// Settings of an engine.
class ANTIPHON_EXPORT EngineOptions {
 public:
  using TransportFactory = std::function<std::unique_ptr<HttpTransport>(Scheduler&)>;
  using Resolver = std::function<std::vector<std::string>(const std::string& host)>;

  /// Your own transport in place of libcurl's. Called once, on the engine's thread.
  EngineOptions& transport(TransportFactory factory);
  /// Your own scheduler in place of the engine's thread; it must outlive the engine. Blocking calls then need another
  /// thread that runs it. One that does not watch sockets needs a transport of yours as well.
  EngineOptions& scheduler(Scheduler& scheduler);
  EngineOptions& scheduler(SocketScheduler& scheduler);
  /// Your own look-up of host names in place of the system's: gives addresses as text (what is none is left out), or
  /// none. It may block, on a thread of its own; 64 names are looked up at a time, and further ones wait their turn.
  EngineOptions& resolver(Resolver function);

  /// Where the functions of tools run, in place of threads of the engine's own: your thread pool, your main loop. With
  /// threads of its own the engine has one for each function that runs at the same time.
  EngineOptions& run_tools_on(Executor value);
  /// Makes every random choice (waits of retries, weighted fallback) the same in every run. Default: by chance.
  EngineOptions& random_seed(std::uint64_t value);

  const TransportFactory& transport() const;
  Scheduler* scheduler() const;
  /// The same when it watches sockets, else null.
  SocketScheduler* socket_scheduler() const;
  const Resolver& resolver() const;
  const Executor& run_tools_on() const;
  const std::optional<std::uint64_t>& random_seed() const;

 private:
  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<EngineOptions::Body>;

/// What calls run on: one thread, its connections, and what providers share. Providers made without one share a
/// default engine that lives as long as any of them or of their calls.
///
/// Destroying an engine ends every call in flight with `Error{cancelled}`, waits for that, and joins the thread. It does
/// not wait on the engine's own thread, in the function of a tool that one of its calls runs, and with a scheduler of
/// yours, which has to be run for that. Later calls of its providers fail the same way. Safe from any thread. After
/// `fork()` only `exec` is supported in the child.
///
/// The end of the program ends the calls of the default engine in the same way. `exit` may be called anywhere; the
/// function of a tool that does so counts as ended. On an engine's own thread, in a callback or after a `co_await`, it
/// holds that thread: the program ends, but the engine's other calls do not end before it, so nothing that runs while
/// it ends may wait for one.
class ANTIPHON_EXPORT Engine {
 public:
  explicit Engine(EngineOptions options = EngineOptions());
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  /// Calls in flight now.
  std::size_t calls_in_flight() const;

  const std::shared_ptr<detail::EngineCore>& core() const { return core_; }

 private:
  std::shared_ptr<detail::EngineCore> core_;
};

}  // namespace antiphon::inline v0
