#include "chat/engine_core.hpp"

#include <curl/curl.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "pipeline/thrown.hpp"
#include "pipeline/tool_jobs.hpp"
#include "transport/curl_transport.hpp"
#include "transport/own_loop.hpp"

namespace antiphon::inline v0::detail {

namespace {

void start_libcurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_ALL);
  if (started != CURLE_OK) throw Error(ErrorKind::internal, "libcurl could not be started");
}

std::uint64_t seed_by_chance() {
  std::uint64_t seed = 0;
  // Asking the processor, as the standard library does, is slow on a virtual machine.
  if (getentropy(&seed, sizeof seed) != 0) throw std::runtime_error("the system gives no random numbers");
  return seed;
}

struct SharedEngine {
  std::mutex mutex;
  std::weak_ptr<EngineCore> core;
};

SharedEngine& shared_engine() {
  // Never destroyed: static objects of the program may still use it.
  static auto* const engine = new SharedEngine;
  return *engine;
}

/// Ends what runs before what it uses, such as the TLS library, is destroyed at the end of the program.
struct AtExit {
  ~AtExit() {
    // The function of a tool may have called `exit`, and does not return.
    WorkerThreads::give_up_this_one();
    pipeline::give_up_jobs_here();
    std::shared_ptr<EngineCore> core;
    {
      const std::lock_guard lock(shared_engine().mutex);
      core = shared_engine().core.lock();
    }
    if (core) core->shut_down();
    core.reset();
    LeavableThread::wait_for_all_left();
  }
};

}  // namespace

/// Scheduler and transport, and the thread function's way to them.
class EngineCore::Loop {
 public:
  explicit Loop(const EngineOptions& options)
      : options_(options), proxies_(transport::ProxyEnvironment::read()) {
    if (!options.scheduler()) own_ = std::make_unique<transport::OwnLoop>();
  }

  Scheduler& scheduler() { return own_ ? *own_ : *options_.scheduler(); }
  HttpTransport& transport() {
    // Made on first use: it belongs to the scheduler's thread.
    if (!transport_) make_transport();
    return *transport_;
  }
  bool own() const { return own_ != nullptr; }
  void run() {
    own_->run();
    transport_.reset();
  }
  /// On the scheduler's thread, when no call is left.
  void stop() {
    transport_.reset();
    if (own_) own_->stop();
  }

 private:
  void make_transport() {
    if (options_.transport()) {
      transport_ = ask_for_transport();
    } else if (SocketScheduler* const sockets = own_ ? own_.get() : options_.socket_scheduler()) {
      transport_ = std::make_unique<transport::CurlTransport>(*sockets, options_.resolver(), proxies_);
    }
    if (!transport_) {
      throw Error(ErrorKind::invalid_config,
                  "an engine with a scheduler of yours that watches no sockets needs a transport of yours")
          .where("engine.transport");
    }
  }

  std::unique_ptr<HttpTransport> ask_for_transport() {
    try {
      return options_.transport()(scheduler());
    } catch (const Error&) {
      throw;
    } catch (...) {
      throw Error(ErrorKind::internal, "your transport could not be made: " + pipeline::thrown_error().message())
          .where("engine.transport");
    }
  }

  EngineOptions options_;
  transport::ProxyEnvironment proxies_;
  std::unique_ptr<transport::OwnLoop> own_;  ///< null when the scheduler is the user's
  std::unique_ptr<HttpTransport> transport_;
};

std::shared_ptr<EngineCore> EngineCore::create(EngineOptions options) {
  start_libcurl();
  static const AtExit at_exit;
  try {
    std::shared_ptr<EngineCore> core(new EngineCore(std::move(options)));
    core->start();
    return core;
  } catch (const std::runtime_error& error) {
    // No file descriptors are left, or no threads: the system's words, through Asio or the standard library.
    throw Error(ErrorKind::internal, std::string("no engine could be made: ") + error.what());
  }
}

EngineCore::EngineCore(EngineOptions options)
    : options_(std::move(options)),
      loop_(std::make_shared<Loop>(options_)),
      random_(options_.random_seed() ? *options_.random_seed() : seed_by_chance()) {}

std::shared_ptr<pipeline::Endpoint> EngineCore::endpoint(const pipeline::EndpointKey& key) {
  pipeline::Endpoints::Found found = endpoints_->find(key);
  // Without the engine: it may be gone by then, and must not end on its own thread for this.
  if (found.sweep_is_due) {
    post([endpoints = endpoints_, loop = loop_] { endpoints->sweep(loop->scheduler().steady_now()); });
  }
  return std::move(found.endpoint);
}

void EngineCore::start() {
  if (!loop_->own()) return;
  thread_.start([loop = loop_] { loop->run(); });
}

EngineCore::~EngineCore() {
  // No call is left: each would keep this alive.
  shut_down();
  // On the loop's own thread: it ends by itself.
  if (thread_.joinable()) thread_.detach();
}

Scheduler& EngineCore::scheduler() { return loop_->scheduler(); }
HttpTransport& EngineCore::transport() { return loop_->transport(); }
bool EngineCore::has_passed(std::chrono::steady_clock::time_point time) const {
  return loop_->own() && time <= std::chrono::steady_clock::now();
}

bool EngineCore::on_thread() const noexcept { return loop_->scheduler().on_thread(); }

bool EngineCore::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  loop_->scheduler().post(std::move(task));
  return true;
}

void EngineCore::enter(CancelScope& call) {
  begin(call);
  in_flight_.fetch_add(1);
}

void EngineCore::leave(CancelScope& call) {
  in_flight_.fetch_sub(1);
  finish(call);
}

void EngineCore::begin(CancelScope& work) {
  cancellable_.insert(&work);
  if (unfinished_++ == 0) loop_->scheduler().work_began();
}

void EngineCore::finish(CancelScope& work) {
  cancellable_.erase(&work);
  if (--unfinished_ == 0) loop_->scheduler().work_ended();
  close_if_done();
}

/// Keeps the engine as long as a request of its own is under way.
class EngineCore::Fetching {
 public:
  Fetching(std::shared_ptr<EngineCore> engine, CancelScope& request) : engine_(std::move(engine)), request_(request) {
    engine_->begin(request_);
    if (engine_->stopping()) request_.cancel(engine_ended());
  }
  ~Fetching() { engine_->finish(request_); }
  Fetching(const Fetching&) = delete;
  Fetching& operator=(const Fetching&) = delete;

 private:
  std::shared_ptr<EngineCore> engine_;
  CancelScope& request_;
};

Fetcher& EngineCore::fetcher() {
  if (!fetcher_) {
    fetcher_.emplace(scheduler(), transport(),
                     [this](CancelScope& request) { return std::make_shared<Fetching>(shared_from_this(), request); });
  }
  return *fetcher_;
}

Executor EngineCore::workers() {
  if (options_.run_tools_on()) return options_.run_tools_on();
  // A call keeps the engine, and with it the threads.
  return [this](std::function<void()> task) { workers_.run(std::move(task)); };
}

void EngineCore::shut_down() {
  if (!stopping_.exchange(true)) {
    // A plain pointer is enough for a loop of ours: it is joined below.
    if (on_thread()) {
      cancel_all();
    } else if (loop_->own()) {
      post([this] { cancel_all(); });
    } else if (auto self = weak_from_this().lock()) {
      post([self] { self->cancel_all(); });
    } else {
      post([loop = loop_] { loop->stop(); });
    }
  }
  // A call ends when its tools have returned.
  if (on_thread() || pipeline::is_in_job_of(loop_->scheduler())) return thread_.leave();
  const std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void EngineCore::cancel_all() {
  while (!cancellable_.empty()) {
    CancelScope* work = *cancellable_.begin();
    cancellable_.erase(cancellable_.begin());
    work->cancel(engine_ended());
  }
  close_if_done();
}

void EngineCore::close_if_done() {
  if (!stopping_ || unfinished_ != 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
  }
  // What was posted before runs first and finds the engine stopping.
  loop_->scheduler().post([loop = loop_] { loop->stop(); });
}

Error engine_ended() { return Error(ErrorKind::cancelled, "the engine was shut down"); }

std::shared_ptr<EngineCore> EngineCore::shared() {
  SharedEngine& shared = shared_engine();
  const std::lock_guard lock(shared.mutex);
  std::shared_ptr<EngineCore> core = shared.core.lock();
  if (!core) {
    core = create(EngineOptions());
    // Nobody owns it.
    core->thread_.leave();
    shared.core = core;
  }
  return core;
}

}  // namespace antiphon::inline v0::detail

namespace antiphon::inline v0 {

Engine::Engine(EngineOptions options) : core_(detail::EngineCore::create(std::move(options))) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&& other) noexcept {
  if (this != &other) {
    if (core_) core_->shut_down();
    core_ = std::move(other.core_);
  }
  return *this;
}
Engine::~Engine() {
  if (core_) core_->shut_down();
}
std::size_t Engine::calls_in_flight() const { return core_ ? core_->calls_in_flight() : 0; }

}  // namespace antiphon::inline v0
