#include "pipeline/attempt.hpp"

#include <utility>

#include "pipeline/authorize.hpp"
#include "pipeline/exchange.hpp"
#include "providers/answer_reader.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

bool is_content(ChunkKind kind) {
  switch (kind) {
    case ChunkKind::content:
    case ChunkKind::reasoning:
    case ChunkKind::refusal:
    case ChunkKind::tool_call_delta:
    case ChunkKind::tool_call:
    case ChunkKind::audio:
    case ChunkKind::unknown: return true;
    case ChunkKind::usage:
    case ChunkKind::finish:
    case ChunkKind::raw: return false;
  }
  return false;
}

/// Reads the answer's bytes and passes its chunks on to the call's consumer.
class AnswerStream : public AnswerConsumer, private ChunkSink {
 public:
  AnswerStream(Call& call, const Link& link)
      : call_(call),
        reader_(*link.codec, link.target, call.output != nullptr, link.config.max_response_bytes(),
                call.output ? this : nullptr) {
    reader_.raw_events(std::as_const(call.request).options().raw_events());
  }

  void head(const HttpHead& head) override {
    status_ = head.status;
    reader_.head(head, call_.scheduler.wall_now());
  }

  bool bytes(std::string_view piece) override {
    const bool more = reader_.feed(piece);
    if (call_.output) {
      call_.output->flush();
    } else {
      ++content_pieces_;
    }
    return more;
  }

  std::size_t content_pieces() const override { return content_pieces_; }
  bool full() const override { return call_.output && call_.output->full(); }

  Outcome end(std::optional<Error> error) {
    Outcome outcome = reader_.end(std::move(error));
    if (call_.output) call_.output->flush();
    return outcome;
  }

  int status() const { return status_; }

 private:
  void push(Chunk chunk) override {
    if (is_content(chunk.kind())) {
      ++content_pieces_;
      if (!call_.first_content) call_.first_content = call_.scheduler.steady_now() - call_.started;
    }
    call_.output->push(std::move(chunk));
  }

  Call& call_;
  codec::AnswerReader reader_;
  std::size_t content_pieces_ = 0;
  int status_ = 0;
};

Outcome with_provider(Outcome outcome, const Link& link) {
  if (outcome) {
    outcome->provider(link.config.provider().name());
  } else {
    outcome.error().provider(link.name);
  }
  return outcome;
}

void note(Call& call, const Link& link, const Outcome& outcome, int status, std::chrono::nanoseconds duration) {
  Attempt record(link.config.provider().name(), link.config.model());
  record.status(status).duration(duration);
  if (outcome) {
    record.request_id(outcome->request_id());
  } else {
    const Error& error = outcome.error();
    record.error(error.kind(), error.message()).request_id(error.request_id());
  }
  if (call.logging()) {
    LogRecord log(outcome ? LogLevel::info : LogLevel::warning, "attempt.end");
    log.time(call.scheduler.wall_now()).field("provider", link.name).field("status", std::to_string(status));
    log.field("duration_ms", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()));
    if (!outcome) log.field("error", std::string(to_string(outcome.error().kind())));
    call.log(std::move(log));
  }
  call.attempts.push_back(std::move(record));
}

Task<Outcome> send_once(Call& call, const Link& link, HttpRequest request, TimeoutSettings timeouts) {
  const auto started = call.scheduler.steady_now();
  if (call.logging()) {
    LogRecord log(LogLevel::debug, "attempt.start");
    log.time(call.scheduler.wall_now()).field("provider", link.name).field("url", request.url);
    call.log(std::move(log));
  }
  AnswerStream answer(call, link);
  Exchange exchange(call.scheduler, call.transport, call.cancel, timeouts, answer);
  if (call.output) call.output->on_room([&exchange] { exchange.resume(); });
  std::optional<Error> error = co_await exchange.run(std::move(request));
  if (call.output) call.output->on_room(nullptr);
  Outcome outcome = with_provider(answer.end(std::move(error)), link);
  note(call, link, outcome, answer.status(), call.scheduler.steady_now() - started);
  co_return outcome;
}

}  // namespace

Task<Outcome> attempt(Call& call, const Link& link) {
  EncodedRequest encoded;
  TimeoutSettings timeouts;
  try {
    encoded = link.codec->encode(call.request, link.target);
    timeouts = decide_timeouts(call.request.options().timeouts(), link.config.timeouts());
  } catch (const Error& error) {
    co_return with_provider(error, link);
  }
  for (Warning& warning : encoded.warnings) call.warnings.push_back(std::move(warning));
  encoded.http.streaming = call.output != nullptr;
  apply_config(encoded.http, link.config, call.request.options());

  for (int round = 1;; ++round) {
    HttpRequest request = encoded.http;
    std::optional<Error> refused = co_await authorize(call, *link.authenticator, request);
    if (refused) co_return with_provider(std::move(*refused), link);
    Outcome outcome = co_await send_once(call, link, std::move(request), timeouts);
    const bool refused_there = !outcome && outcome.error().http_status() == 401;
    if (round == 2 || !refused_there || !link.authenticator->rejected()) co_return outcome;
  }
}

}  // namespace antiphon::inline v0::pipeline
