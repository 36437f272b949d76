#pragma once

#include <atomic>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <antiphon/asio_scheduler.hpp>

namespace antiphon::inline v0::transport {

struct OwnContext {
  // One thread runs the loop, but any may post: the hint saves no lock, it saves waking a second thread.
  boost::asio::io_context context{1};
};

/// The loop of an engine that has a thread of its own.
class OwnLoop final : private OwnContext, public detail::AsioSchedulerBase {
 public:
  OwnLoop();

  /// Runs until `stop`; the calling thread is the scheduler's from then on.
  void run();
  /// Ends `run` once it has nothing left to do at once. From any thread.
  void stop();

  bool on_thread() const noexcept override;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::atomic<std::thread::id> thread_;
};

}  // namespace antiphon::inline v0::transport
