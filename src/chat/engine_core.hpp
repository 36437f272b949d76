#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>

#include <antiphon/engine.hpp>

#include "chat/engine_fetcher.hpp"
#include "chat/leavable_thread.hpp"
#include "chat/worker_threads.hpp"
#include "core/cancel_scope.hpp"
#include "core/pool.hpp"
#include "core/random.hpp"
#include "pipeline/endpoints.hpp"

namespace antiphon::inline v0::detail {

/// What an `Engine` stands for. Providers and calls keep it alive; `shut_down` ends its work before that.
class EngineCore : public std::enable_shared_from_this<EngineCore> {
 public:
  static std::shared_ptr<EngineCore> create(EngineOptions options);
  /// The engine that providers share when they are given none.
  static std::shared_ptr<EngineCore> shared();
  ~EngineCore();

  /// Runs `task` on the engine's thread. False when the engine has ended: the task will never run.
  bool post(std::function<void()> task);
  bool on_thread() const noexcept;
  /// Cancels every call, waits until each has ended and joins the thread, unless this is that thread, or one where a
  /// tool runs for one of them.
  void shut_down();
  /// What all calls to that address with that key share, in this engine. From any thread.
  std::shared_ptr<pipeline::Endpoint> endpoint(const pipeline::EndpointKey& key);
  std::size_t calls_in_flight() const { return in_flight_.load(); }
  /// From any thread; no for a clock of the user's own, which only the engine's thread may read.
  bool has_passed(std::chrono::steady_clock::time_point time) const;

  // On the engine's thread only.
  Scheduler& scheduler();
  HttpTransport& transport();
  Fetcher& fetcher();
  /// Where functions of the user's run that may block.
  Executor workers();
  bool stopping() const { return stopping_.load(); }
  Random& random() { return random_; }
  void enter(CancelScope& call);
  void leave(CancelScope& call);

 private:
  class Loop;
  class Fetching;
  explicit EngineCore(EngineOptions options);
  void start();
  void begin(CancelScope& work);
  void finish(CancelScope& work);
  void cancel_all();
  void close_if_done();

  EngineOptions options_;
  /// Lives until its thread has left it, which may be after this object is gone.
  std::shared_ptr<Loop> loop_;
  LeavableThread thread_;
  std::mutex mutex_;
  bool closed_ = false;
  std::mutex join_mutex_;
  std::shared_ptr<pipeline::Endpoints> endpoints_ = std::make_shared<pipeline::Endpoints>();
  Random random_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> in_flight_{0};
  /// Calls, and requests of the engine's own.
  std::unordered_set<CancelScope*, std::hash<CancelScope*>, std::equal_to<>, PoolAllocator<CancelScope*>> cancellable_;
  std::size_t unfinished_ = 0;
  std::optional<EngineFetcher> fetcher_;
  WorkerThreads workers_;
};

/// What every call fails with once its engine has ended.
Error engine_ended();

}  // namespace antiphon::inline v0::detail
