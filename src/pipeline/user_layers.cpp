#include "pipeline/user_layers.hpp"

#include <exception>
#include <utility>

namespace antiphon::inline v0 {

Layer::~Layer() = default;
Layer::Next::~Next() = default;

}  // namespace antiphon::inline v0

namespace antiphon::inline v0::pipeline {

namespace {

/// Lets the layer change the chunks on their way out.
class ChunkFilter : public ChunkOutput {
 public:
  ChunkFilter(ChunkOutput& output, Layer::OnChunk filter, CancelScope& cancel)
      : output_(output), filter_(std::move(filter)), cancel_(cancel) {}

  void push(Chunk chunk) override {
    if (!filter_) return output_.push(std::move(chunk));
    try {
      if (std::optional<Chunk> kept = filter_(std::move(chunk))) output_.push(std::move(*kept));
    } catch (const std::exception& error) {
      cancel_.cancel(Error(ErrorKind::internal, std::string("a layer threw: ") + error.what()).where("layer"));
    } catch (...) {
      cancel_.cancel(Error(ErrorKind::internal, "a layer threw").where("layer"));
    }
  }
  void flush() override { output_.flush(); }
  bool full() const override { return output_.full(); }
  void on_room(std::function<void()> function) override { output_.on_room(std::move(function)); }

 private:
  ChunkOutput& output_;
  Layer::OnChunk filter_;
  CancelScope& cancel_;
};

/// One passage through one layer. The layer may hold on to it longer than the call lives: then `call_` is null.
class Passage : public Layer::Next, public std::enable_shared_from_this<Passage> {
 public:
  Passage(Call& call, Track& track, const pipeline::Next& rest) : call_(&call), track_(track), rest_(rest) {}

  void call(Request request, Layer::Done done, Layer::OnChunk on_chunk) override {
    if (!call_) return;
    if (inner_runs_) {
      return done(Error(ErrorKind::conflict, "the rest of the way is still under way").where("layer"));
    }
    if (outcome_) return;
    request_.emplace(std::move(request));
    inner_runs_ = true;
    if (track_.output) filter_.emplace(*track_.output, std::move(on_chunk), inner_cancel_);
    inner_.emplace(Track{.cancel = inner_cancel_,
                         .output = filter_ ? &*filter_ : nullptr,
                         .request = &*request_,
                         .claim = track_.claim,
                         .delivered = track_.delivered});
    std::function<void(Outcome)> ended = [self = shared_from_this(), done = std::move(done)](Outcome outcome) {
      self->inner_ended(std::move(outcome), done);
    };
    spawn(guarded(rest_, *inner_), std::move(ended));
  }

  void emit(Chunk chunk) override {
    if (!call_ || !track_.output) return;
    track_.output->push(std::move(chunk));
    track_.output->flush();
    track_.delivered = true;
  }

  void answer(Outcome outcome) {
    if (!call_ || outcome_) return;
    outcome_.emplace(std::move(outcome));
    // What still runs is not wanted any more.
    if (inner_runs_) inner_cancel_.cancel(Error(ErrorKind::cancelled, "the layer above answered by itself"));
    check();
  }

  void cancelled(const Error& reason) {
    cancelled_ = true;
    if (!inner_runs_) return answer(reason);
    inner_cancel_.cancel(reason);
  }

  Event& over() { return over_; }
  Outcome end() {
    call_ = nullptr;
    return std::move(*outcome_);
  }

 private:
  static Result<Response> copy(const Outcome& outcome) {
    if (outcome) return *outcome;
    return outcome.error();
  }

  static Task<Outcome> guarded(const pipeline::Next& rest, Track& track) {
    try {
      Outcome outcome = co_await rest(track);
      co_return outcome;
    } catch (const Error& error) {
      co_return error;
    } catch (const std::exception& error) {
      co_return Error(ErrorKind::internal, error.what());
    } catch (...) {
      co_return Error(ErrorKind::internal, "something was thrown that is no exception");
    }
  }

  void inner_ended(Outcome outcome, const Layer::Done& done) {
    inner_runs_ = false;
    track_.delivered = track_.delivered || inner_->delivered;
    try {
      // The layer hears of it first, but need not answer.
      if (!outcome_) done(copy(outcome));
      if (cancelled_) answer(std::move(outcome));
    } catch (const Error& error) {
      answer(error);
    } catch (const std::exception& error) {
      answer(Error(ErrorKind::internal, std::string("a layer threw: ") + error.what()).where("layer"));
    } catch (...) {
      answer(Error(ErrorKind::internal, "a layer threw").where("layer"));
    }
    check();
  }

  void check() {
    if (outcome_ && !inner_runs_ && !std::exchange(told_, true)) {
      call_->scheduler.post([self = shared_from_this()] { self->over_.set(); });
    }
  }

  Call* call_;
  Track& track_;
  const pipeline::Next& rest_;
  CancelScope inner_cancel_;
  std::optional<Request> request_;
  std::optional<ChunkFilter> filter_;
  std::optional<Track> inner_;
  std::optional<Outcome> outcome_;
  Event over_;
  bool inner_runs_ = false;
  bool cancelled_ = false;
  bool told_ = false;
};

Task<Outcome> pass_layer(Call& call, Track& track, Layer& layer, Next rest) {
  const auto passage = std::make_shared<Passage>(call, track, rest);
  {
    CancelScope::Listener listener(track.cancel, [&] { passage->cancelled(*track.cancel.reason()); });
    try {
      layer.handle(*track.request, passage, [passage](Result<Response> result) { passage->answer(std::move(result)); });
    } catch (const Error& error) {
      passage->answer(error);
    } catch (const std::exception& error) {
      passage->answer(Error(ErrorKind::internal, std::string("a layer threw: ") + error.what()).where("layer"));
    } catch (...) {
      passage->answer(Error(ErrorKind::internal, "a layer threw").where("layer"));
    }
    co_await passage->over();
  }
  co_return passage->end();
}

Task<Outcome> pass_from(Call& call, Track& track, const std::vector<std::shared_ptr<Layer>>& layers, std::size_t at,
                        Next rest) {
  if (at == layers.size()) {
    Outcome last = co_await rest(track);
    co_return last;
  }
  Next inside = [&call, &layers, at, rest](Track& inner) { return pass_from(call, inner, layers, at + 1, rest); };
  Outcome outcome = co_await pass_layer(call, track, *layers[at], std::move(inside));
  co_return outcome;
}

}  // namespace

Task<Outcome> user_layers(Call& call, Track& track, const std::vector<std::shared_ptr<Layer>>& layers, Next rest) {
  return pass_from(call, track, layers, 0, std::move(rest));
}

}  // namespace antiphon::inline v0::pipeline
