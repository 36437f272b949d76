#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include <antiphon/http.hpp>
#include <antiphon/scheduler.hpp>

#include "core/cancel_scope.hpp"
#include "pipeline/task.hpp"
#include "pipeline/timeout_settings.hpp"

namespace antiphon::inline v0::pipeline {

/// Takes the bytes of one answer.
class AnswerConsumer {
 public:
  virtual ~AnswerConsumer() = default;
  virtual void head(HttpHead head) = 0;
  /// False: the answer is complete, whatever may still come.
  virtual bool bytes(std::string_view piece) = 0;
  /// Pieces of content so far; pings and start-up events do not count.
  virtual std::size_t content_pieces() const = 0;
  /// No more should be taken from the socket for now.
  virtual bool full() const = 0;
};

/// One HTTP request and its answer, under the timeouts and the call's cancelling.
class Exchange : private HttpSink {
 public:
  Exchange(Scheduler& scheduler, HttpTransport& transport, CancelScope& cancel, const TimeoutSettings& timeouts,
           AnswerConsumer& consumer);

  /// Why the answer did not come whole, or nothing. Call once; the exchange outlives the task. The request is taken
  /// before anything is waited for; `started` is the time now.
  Task<std::optional<Error>> run(HttpRequest&& request, std::chrono::steady_clock::time_point started);
  /// The consumer is not full any more.
  void resume();
  /// Whether there was a connection, so that something may have been sent.
  bool connected_once() const { return connected_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  void connected() override;
  void head(HttpHead head) override;
  Flow bytes(std::string_view piece) override;
  void end(std::optional<Error> error) override;

  void abort(Error reason);
  void watch();
  void check();
  std::optional<Time> next_limit() const;
  std::optional<Error> exceeded(Time now) const;
  void answer_is_complete();

  Scheduler& scheduler_;
  HttpTransport& transport_;
  CancelScope& cancel_;
  TimeoutSettings timeouts_;
  AnswerConsumer& consumer_;
  std::unique_ptr<HttpCall> call_;
  Event ended_;
  std::optional<Error> error_;
  std::optional<Error> abort_reason_;
  Time started_;
  Time last_byte_;
  Time last_content_;
  std::optional<Time> drain_until_;
  std::size_t content_seen_ = 0;
  bool connected_ = false;
  bool paused_ = false;
  std::optional<Scheduler::Timer> timer_;
  Time armed_for_;
};

}  // namespace antiphon::inline v0::pipeline
