#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "chat/provider_core.hpp"
#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::detail {

/// What is done with a call once it is on the engine's thread.
class CallWork {
 public:
  virtual ~CallWork() = default;
  /// Runs the layers and keeps the outcome; must not throw. The value means nothing.
  virtual pipeline::Task<bool> work(pipeline::Call& call) = 0;
  /// In place of `work`: no layer will run.
  virtual void refused(Error error) = 0;
  /// What came of it; null when that is no answer of a model.
  virtual const Result<Response>* outcome() const = 0;
  /// The last thing that happens, after `work` or `refused`.
  virtual void ended() = 0;
};

/// Somebody who has a say when a call starts and hears how it ended: a conversation.
class CallHook {
 public:
  virtual ~CallHook() = default;
  /// On the thread that starts the call. May change the request; an error refuses the call, and `end` is not called.
  virtual std::optional<Error> begin(Request& request) = 0;
  virtual void end(const Result<Response>& outcome) = 0;
  /// Nobody waits any more, whatever `end` will say: `read` is what somebody has read of the answer's text. On any
  /// thread.
  virtual void abandoned(const std::string& read) noexcept = 0;
};

/// One call from its start to its end: brings it to the engine's thread and lets it be cancelled from any thread. It
/// keeps provider, engine and work alive until the end.
class RunningCall : public std::enable_shared_from_this<RunningCall> {
 public:
  RunningCall(std::shared_ptr<const ProviderCore> provider, Request&& request,
              std::shared_ptr<CallHook> hook = nullptr);

  /// Once. `output` is null for an answer that is not streamed.
  void start(std::shared_ptr<CallWork> work, pipeline::ChunkOutput* output);
  /// From any thread, any number of times.
  void cancel() noexcept;
  void cancel(Error reason) noexcept;
  /// Cancels it, and who has a say need not wait for the end.
  void abandon(const std::string& read = {}) noexcept;
  /// Whether what is read of the answer matters to somebody.
  bool is_heard() const { return hook_ != nullptr; }

  const ProviderCore& provider() const { return *provider_; }

 private:
  void run();
  void watch_stop_token();
  void refuse(Error error);
  void end();

  std::shared_ptr<const ProviderCore> provider_;
  Request request_;
  std::shared_ptr<CallHook> hook_;
  std::shared_ptr<CallWork> work_;
  pipeline::ChunkOutput* output_ = nullptr;
  std::unique_ptr<pipeline::Call> call_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace antiphon::inline v0::detail
