#include "pipeline/exchange.hpp"

#include <algorithm>
#include <string>

#include "core/duration_text.hpp"
#include "pipeline/thrown.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

using Time = std::chrono::steady_clock::time_point;

// How long the end of a body is waited for after the answer's own end mark, so that the connection can be used again.
constexpr std::chrono::milliseconds drain_time{50};

/// How far a connection had come is known to the transport alone.
Error with_phase(const Error& timeout, const Error& cancelled) {
  return Error(timeout.kind(), timeout.message() + ": " + cancelled.message()).where(timeout.where());
}

Time after(Time start, Timeouts::Duration duration) {
  const Timeouts::Duration left = Time::max() - start;
  return duration >= left ? Time::max() : start + duration;
}

}  // namespace

Exchange::Exchange(Scheduler& scheduler, HttpTransport& transport, CancelScope& cancel, const TimeoutSettings& timeouts,
                   AnswerConsumer& consumer)
    : scheduler_(scheduler), transport_(transport), cancel_(cancel), timeouts_(timeouts), consumer_(consumer) {}

Task<std::optional<Error>> Exchange::run(HttpRequest&& request, Time started) {
  if (cancel_.reason()) co_return cancel_.reason();
  CancelScope::Listener listener(cancel_, [this] { abort(*cancel_.reason()); });
  started_ = last_byte_ = last_content_ = started;
  try {
    call_ = transport_.start(std::move(request), *this);
  } catch (...) {
    const Error thrown = thrown_error();
    co_return Error(thrown.kind(), "the transport threw: " + thrown.message()).where("engine.transport");
  }
  watch();
  co_await ended_;
  if (timer_) scheduler_.cancel(*timer_);
  call_.reset();
  co_return error_;
}

void Exchange::resume() {
  if (!paused_ || ended_.is_set()) return;
  paused_ = false;
  last_byte_ = last_content_ = scheduler_.steady_now();
  call_->resume();
  watch();
}

void Exchange::connected() {
  connected_ = true;
  last_byte_ = scheduler_.steady_now();
  watch();
}

void Exchange::head(HttpHead head) {
  last_byte_ = scheduler_.steady_now();
  consumer_.head(std::move(head));
}

Flow Exchange::bytes(std::string_view piece) {
  if (drain_until_ || abort_reason_) return Flow::go_on;
  const Time now = scheduler_.steady_now();
  last_byte_ = now;
  const bool more = consumer_.bytes(piece);
  if (const std::size_t content = consumer_.content_pieces(); content != content_seen_) {
    const bool first = content_seen_ == 0;
    content_seen_ = content;
    last_content_ = now;
    if (first) watch();
  }
  if (!more) {
    answer_is_complete();
    return Flow::go_on;
  }
  paused_ = consumer_.full();
  return paused_ ? Flow::pause : Flow::go_on;
}

void Exchange::end(std::optional<Error> error) {
  // After the end mark nothing can go wrong any more, and a reason of ours explains the transport's.
  if (drain_until_) {
    error.reset();
  } else if (abort_reason_) {
    const bool connecting = !connected_ && abort_reason_->kind() == ErrorKind::timeout;
    error = connecting && error ? with_phase(*abort_reason_, *error) : *abort_reason_;
  }
  error_ = std::move(error);
  ended_.set();
}

void Exchange::answer_is_complete() {
  drain_until_ = scheduler_.steady_now() + drain_time;
  watch();
}

void Exchange::abort(Error reason) {
  if (abort_reason_ || ended_.is_set()) return;
  abort_reason_ = std::move(reason);
  call_->cancel();
}

void Exchange::watch() {
  const std::optional<Time> limit = next_limit();
  if (!limit || *limit == Time::max()) return;
  // The timer is only ever moved forwards in time: a limit that moves back is seen when it comes.
  if (timer_ && armed_for_ <= *limit) return;
  if (timer_) scheduler_.cancel(*timer_);
  armed_for_ = *limit;
  timer_ = scheduler_.sleep_until(*limit, [this] {
    timer_.reset();
    check();
  });
}

void Exchange::check() {
  const Time now = scheduler_.steady_now();
  if (drain_until_ && now >= *drain_until_) {
    call_->cancel();
  } else if (std::optional<Error> error = exceeded(now)) {
    abort(std::move(*error));
  } else {
    watch();
  }
}

std::optional<Time> Exchange::next_limit() const {
  if (abort_reason_) return std::nullopt;
  if (drain_until_) return drain_until_;
  Time limit = after(started_, timeouts_.total);
  if (!connected_) return std::min(limit, after(started_, timeouts_.connect));
  if (paused_) return limit;
  limit = std::min(limit, after(last_byte_, timeouts_.idle));
  if (content_seen_ == 0) return std::min(limit, after(started_, timeouts_.first_content));
  return std::min(limit, after(last_content_, timeouts_.between_chunks));
}

std::optional<Error> Exchange::exceeded(Time now) const {
  const auto timeout = [](Timeouts::Duration duration, const char* name, const char* what) {
    return Error(ErrorKind::timeout, std::string(what) + " within " + in_words(duration))
        .where(std::string("timeouts.") + name);
  };
  if (now >= after(started_, timeouts_.total)) return timeout(timeouts_.total, "total", "no complete answer");
  if (!connected_) {
    if (now < after(started_, timeouts_.connect)) return std::nullopt;
    return timeout(timeouts_.connect, "connect", "no connection");
  }
  if (paused_) return std::nullopt;
  if (content_seen_ == 0 && now >= after(started_, timeouts_.first_content)) {
    return timeout(timeouts_.first_content, "first_content", "no content");
  }
  if (content_seen_ != 0 && now >= after(last_content_, timeouts_.between_chunks)) {
    return timeout(timeouts_.between_chunks, "between_chunks", "no further content");
  }
  if (now >= after(last_byte_, timeouts_.idle)) return timeout(timeouts_.idle, "idle", "not a byte came");
  return std::nullopt;
}

}  // namespace antiphon::inline v0::pipeline
