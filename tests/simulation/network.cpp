#include "network.hpp"

#include <optional>
#include <utility>

namespace antiphon::simulation {

class Network::Transmission : public std::enable_shared_from_this<Transmission> {
 public:
  Transmission(Scheduler& scheduler, NetworkWatcher& watcher, ExchangeRecord& exchange, HttpSink& sink)
      : scheduler_(scheduler), watcher_(watcher), exchange_(exchange), sink_(&sink) {}

  void next() {
    if (paused_ || !sink_ || at_ == exchange_.reply.steps.size()) return;
    timer_ = scheduler_.sleep_until(scheduler_.steady_now() + exchange_.reply.steps[at_].after,
                                    [self = shared_from_this()] { self->step(); });
  }
  void resume() {
    if (std::exchange(paused_, false) && !timer_) next();
  }
  void cancel() {
    if (!sink_ || cancelled_) return;
    give_up();
    auto hear = [self = shared_from_this()] { self->hear_of_cancel(); };
    if (!exchange_.reply.lingers) return scheduler_.post(std::move(hear));
    // Others may have their turn before, in the same instant.
    scheduler_.sleep_until(scheduler_.steady_now(), std::move(hear));
  }
  void destroyed() {
    if (std::exchange(sink_, nullptr) && !cancelled_) give_up();
  }

 private:
  using Kind = Reply::Step::Kind;

  void give_up() {
    cancelled_ = true;
    if (timer_) scheduler_.cancel(*timer_);
    timer_.reset();
    watcher_.given_up(exchange_);
  }
  void hear_of_cancel() {
    if (exchange_.reply.lingers) arrive_late();
    if (HttpSink* sink = std::exchange(sink_, nullptr)) {
      watcher_.gone(exchange_);
      sink->end(Error(ErrorKind::cancelled, "the request was cancelled"));
    }
  }
  /// What was on its way comes although nobody wants it any more.
  void arrive_late() {
    if (!sink_ || at_ == exchange_.reply.steps.size()) return;
    Reply::Step& late = exchange_.reply.steps[at_];
    if (late.kind == Kind::connect) sink_->connected();
    if (late.kind == Kind::bytes) sink_->bytes(late.bytes);
  }
  void step() {
    timer_.reset();
    if (paused_) return;
    const auto self = shared_from_this();
    Reply::Step& step = exchange_.reply.steps[at_++];
    switch (step.kind) {
      case Kind::connect:
        sink_->connected();
        break;
      case Kind::head:
        exchange_.status = step.head.status;
        watcher_.head_arrives(exchange_);
        sink_->head(std::move(step.head));
        break;
      case Kind::bytes:
        bytes(step);
        break;
      case Kind::end:
        return end(step);
    }
    if (cancelled_) return;
    if (paused_ && spills()) return this->step();
    next();
  }
  /// A piece had been taken from the socket already.
  bool spills() {
    const std::vector<Reply::Step>& steps = exchange_.reply.steps;
    if (!exchange_.reply.lingers || at_ == steps.size() || steps[at_].kind != Kind::bytes) return false;
    if (std::exchange(spilled_, true)) return false;
    paused_ = false;
    return true;
  }
  void bytes(Reply::Step& step) {
    const bool speaks = step.content > content_;
    content_ = step.content;
    exchange_.finish_heard = step.finish;
    exchange_.usage_heard = step.usage;
    const std::vector<Reply::Step>& steps = exchange_.reply.steps;
    const bool last = at_ == steps.size() || steps[at_].kind == Kind::end;
    if (last && exchange_.reply.has_end_mark) exchange_.complete = true;
    if (speaks) watcher_.content_arrives(exchange_);
    paused_ = sink_->bytes(step.bytes) == Flow::pause;
    if (speaks) watcher_.settled(exchange_);
  }
  void end(Reply::Step& step) {
    exchange_.complete = true;
    watcher_.ends(exchange_, step.error.has_value());
    std::exchange(sink_, nullptr)->end(std::move(step.error));
    watcher_.settled(exchange_);
  }

  Scheduler& scheduler_;
  NetworkWatcher& watcher_;
  ExchangeRecord& exchange_;
  HttpSink* sink_;
  std::size_t at_ = 0;
  int content_ = 0;
  bool paused_ = false;
  bool cancelled_ = false;
  bool spilled_ = false;
  std::optional<Scheduler::Timer> timer_;
};

class Network::Call : public HttpCall {
 public:
  explicit Call(std::shared_ptr<Transmission> transmission) : transmission_(std::move(transmission)) {}
  ~Call() override { transmission_->destroyed(); }
  void resume() override { transmission_->resume(); }
  void cancel() override { transmission_->cancel(); }

 private:
  std::shared_ptr<Transmission> transmission_;
};

std::unique_ptr<HttpCall> Network::start(HttpRequest request, HttpSink& sink) {
  auto transmission = std::make_shared<Transmission>(scheduler_, watcher_, watcher_.arrives(request), sink);
  transmission->next();
  return std::make_unique<Call>(std::move(transmission));
}

}  // namespace antiphon::simulation
