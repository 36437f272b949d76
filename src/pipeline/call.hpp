#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/authenticator.hpp>
#include <antiphon/callbacks.hpp>
#include <antiphon/http.hpp>
#include <antiphon/logger.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/response.hpp>
#include <antiphon/scheduler.hpp>

#include "core/cancel_scope.hpp"
#include "core/chunk_sink.hpp"
#include "providers/codec.hpp"

namespace antiphon::inline v0::pipeline {

/// A way to one model: everything that belongs to the provider and not to the handle.
struct Link {
  std::string name;  ///< `provider/model`
  ModelConfig config;
  codec::Target target;
  const codec::Codec* codec;
  std::shared_ptr<Authenticator> authenticator;
};

/// Takes the events of calls and hands them to loggers, without delaying anybody.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void log(LogRecord record) = 0;
};

/// What a handle adds to every call made through it.
struct HandleSettings {
  std::vector<Callbacks> callbacks;
  std::shared_ptr<LogSink> log;  ///< null when nobody listens
};

/// The consumer's end of a stream, as the pipeline sees it.
class ChunkOutput : public ChunkSink {
 public:
  /// What was pushed may be read now.
  virtual void flush() = 0;
  /// Enough waits unread: no more should be taken from the socket.
  virtual bool full() const = 0;
  /// Called on the scheduler's thread when there is room again; empty for nobody.
  virtual void on_room(std::function<void()> function) = 0;
};

/// One call on its way through the layers.
struct Call {
  Scheduler& scheduler;
  HttpTransport& transport;
  const HandleSettings& settings;
  Request request;
  ChunkOutput* output = nullptr;  ///< null when the answer is not streamed
  CancelScope cancel = {};
  std::chrono::steady_clock::time_point started = {};
  std::vector<Attempt> attempts = {};
  std::vector<Warning> warnings = {};
  std::optional<std::chrono::nanoseconds> first_content = {};

  void log(LogRecord record) {
    if (settings.log) settings.log->log(std::move(record));
  }
  bool logging() const { return settings.log != nullptr; }
};

using Outcome = Result<Response>;

}  // namespace antiphon::inline v0::pipeline
