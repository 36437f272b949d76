#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/http.hpp>
#include <antiphon/scheduler.hpp>

namespace antiphon::test {

/// What happens to one request, step by step, each a while after the one before.
class Script {
 public:
  Script& connect(std::chrono::nanoseconds after = {}) { return add({Kind::connect, after}); }
  Script& head(int status, std::vector<std::pair<std::string, std::string>> headers = {},
               std::chrono::nanoseconds after = {}) {
    Step step{Kind::head, after};
    step.head.status = status;
    for (auto& [name, value] : headers) step.head.headers.add(name, value);
    return add(std::move(step));
  }
  Script& bytes(std::string text, std::chrono::nanoseconds after = {}) {
    Step step{Kind::bytes, after};
    step.text = std::move(text);
    return add(std::move(step));
  }
  Script& end(std::chrono::nanoseconds after = {}) { return add({Kind::end, after}); }
  Script& fail(Error error, std::chrono::nanoseconds after = {}) {
    Step step{Kind::end, after};
    step.error = std::move(error);
    return add(std::move(step));
  }

  /// A whole answer in one piece.
  static Script answer(int status, std::string content_type, std::string body) {
    Script script;
    script.connect().head(status, {{"content-type", std::move(content_type)}}).bytes(std::move(body)).end();
    return script;
  }

 private:
  friend class ScriptedTransport;
  enum class Kind { connect, head, bytes, end };
  struct Step {
    Kind kind;
    std::chrono::nanoseconds after;
    HttpHead head = {};
    std::string text = {};
    std::optional<Error> error = {};
  };
  Script& add(Step step) {
    steps_.push_back(std::move(step));
    return *this;
  }
  std::deque<Step> steps_;
};

/// A network that does what it is told, under the rules of `HttpTransport`.
class ScriptedTransport : public HttpTransport {
 public:
  using Server = std::function<Script(const HttpRequest&)>;

  ScriptedTransport(Scheduler& scheduler, Server server) : scheduler_(scheduler), server_(std::move(server)) {}

  std::unique_ptr<HttpCall> start(HttpRequest request, HttpSink& sink) override {
    auto run = std::make_shared<Run>(scheduler_, sink, server_(request));
    run->next();
    return std::make_unique<Call>(std::move(run));
  }

 private:
  struct Run : std::enable_shared_from_this<Run> {
    Run(Scheduler& s, HttpSink& k, Script c) : scheduler(s), sink(&k), script(std::move(c)) {}

    void next() {
      if (paused || !sink || script.steps_.empty()) return;
      timer = scheduler.sleep_until(scheduler.steady_now() + script.steps_.front().after,
                                    [self = shared_from_this()] { self->step(); });
    }
    void step() {
      timer.reset();
      if (!sink) return;
      if (paused) return;
      Script::Step now = std::move(script.steps_.front());
      script.steps_.pop_front();
      switch (now.kind) {
        case Script::Kind::connect:
          sink->connected();
          break;
        case Script::Kind::head:
          sink->head(std::move(now.head));
          break;
        case Script::Kind::bytes:
          paused = sink->bytes(now.text) == Flow::pause;
          break;
        case Script::Kind::end:
          std::exchange(sink, nullptr)->end(std::move(now.error));
          return;
      }
      next();
    }
    void stop() {
      if (timer) scheduler.cancel(*timer);
      timer.reset();
      script.steps_.clear();
    }

    Scheduler& scheduler;
    HttpSink* sink;
    Script script;
    bool paused = false;
    std::optional<Scheduler::Timer> timer;
  };

  class Call : public HttpCall {
   public:
    explicit Call(std::shared_ptr<Run> run) : run_(std::move(run)) {}
    ~Call() override {
      run_->sink = nullptr;
      run_->stop();
    }
    void resume() override {
      if (!std::exchange(run_->paused, false)) return;
      if (!run_->timer) run_->next();
    }
    void cancel() override {
      if (!run_->sink || cancelled_) return;
      cancelled_ = true;
      run_->stop();
      run_->scheduler.post([run = run_] {
        if (HttpSink* sink = std::exchange(run->sink, nullptr)) {
          sink->end(Error(ErrorKind::cancelled, "the request was cancelled"));
        }
      });
    }

   private:
    std::shared_ptr<Run> run_;
    bool cancelled_ = false;
  };

  Scheduler& scheduler_;
  Server server_;
};

}  // namespace antiphon::test
