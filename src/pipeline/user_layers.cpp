#include "pipeline/user_layers.hpp"

#include <exception>
#include <utility>

#include "pipeline/thrown.hpp"

namespace antiphon::inline v0 {

Layer::~Layer() = default;
Layer::Next::~Next() = default;

}  // namespace antiphon::inline v0

namespace antiphon::inline v0::pipeline {

namespace {

Error threw(const char* what) {
  return Error(ErrorKind::internal, std::string("a layer threw: ") + what).where("layer");
}

/// Runs the user's code; gives what it throws.
template <class Function>
std::optional<Error> guarded(Function&& function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& error) {
    return threw(error.what());
  } catch (...) {
    return threw("something that is no exception");
  }
  return std::nullopt;
}

/// Lets the layer change the chunks on their way out.
class ChunkFilter : public ChunkOutput {
 public:
  using Failed = std::function<void(Error)>;
  ChunkFilter(ChunkOutput& output, Layer::OnChunk filter, Failed failed)
      : output_(output), filter_(std::move(filter)), failed_(std::move(failed)) {}

  void push(Chunk chunk) override {
    if (!filter_) return output_.push(std::move(chunk));
    std::optional<Chunk> kept;
    std::optional<Error> failure = guarded([&] { kept = filter_(std::move(chunk)); });
    if (failure) failed_(std::move(*failure));
    if (kept) output_.push(std::move(*kept));
  }
  void flush() override { output_.flush(); }
  bool full() const override { return output_.full(); }
  void on_room(std::function<void()> function) override { output_.on_room(std::move(function)); }

 private:
  ChunkOutput& output_;
  Layer::OnChunk filter_;
  Failed failed_;
};

/// One passage through one layer. The layer may hold on to it longer than the call lives: then `call_` is null.
class Passage : public Layer::Next, public std::enable_shared_from_this<Passage> {
 public:
  Passage(Call& call, Track& track, const pipeline::Next& rest, const Link* link)
      : call_(&call), track_(track), rest_(rest), link_(link) {}

  void call(Request request, Layer::Done done, Layer::OnChunk on_chunk) override {
    if (!call_) return;
    if (inner_runs_) {
      return done(Error(ErrorKind::conflict, "the rest of the way is still under way").where("layer"));
    }
    if (outcome_ || cancelled_) return;
    request_.emplace(std::move(request));
    inner_runs_ = true;
    if (track_.output) {
      filter_.emplace(*track_.output, std::move(on_chunk), [this](const Error& failure) { filter_failed(failure); });
    }
    inner_.emplace(Track{.cancel = inner_cancel_,
                         .output = filter_ ? &*filter_ : nullptr,
                         .request = &*request_,
                         .claim = track_.claim,
                         .rival = track_.rival,
                         .delivered = track_.delivered,
                         .visit = track_.visit});
    std::function<void(Outcome)> ended = [self = shared_from_this(), done = std::move(done)](Outcome outcome) {
      self->inner_ended(std::move(outcome), done);
    };
    spawn(without_throwing(rest_, *inner_), std::move(ended));
  }

  void emit(Chunk chunk) override {
    if (!call_ || outcome_ || !track_.output) return;
    // Of links that are asked side by side, another one may have been faster.
    if (link_ && track_.claim && !track_.claim(*link_)) return;
    if (!call_->first_content) call_->first_content = call_->scheduler.steady_now() - call_->started;
    track_.delivered = true;
    track_.output->push(std::move(chunk));
    track_.output->flush();
  }

  void answer(Outcome outcome) {
    if (!call_ || outcome_) return;
    outcome_.emplace(std::move(outcome));
    // What still runs is not wanted any more.
    if (inner_runs_) inner_cancel_.cancel(Error(ErrorKind::cancelled, "the layer above answered by itself"));
    check();
  }

  /// Nothing more is begun.
  void cancelled(const Error& reason) {
    cancelled_ = true;
    if (inner_runs_) return inner_cancel_.cancel(reason);
    Error error = reason;
    if (arrived_) error.partial(std::move(*arrived_));
    answer(std::move(error));
  }

  Event& over() { return over_; }
  Outcome end() {
    call_ = nullptr;
    return std::move(*outcome_);
  }

 private:
  void filter_failed(const Error& failure) {
    if (!filter_failure_) filter_failure_ = failure;
    cancelled(failure);
  }

  /// A chunk is missing, even if all of them had come.
  void apply_filter_failure(Outcome& outcome) {
    if (!filter_failure_) return;
    const Response* arrived = outcome ? &*outcome : outcome.error().partial();
    Error failure = *filter_failure_;
    if (arrived) failure.partial(*arrived);
    outcome = std::move(failure);
  }

  /// For a call that is cancelled while its layer still thinks about the answer.
  void keep_what_arrived(const Outcome& outcome) {
    if (!track_.delivered) return;
    if (outcome) {
      arrived_ = *outcome;
    } else if (outcome.error().partial()) {
      arrived_ = *outcome.error().partial();
    }
  }

  void inner_ended(Outcome outcome, const Layer::Done& done) {
    inner_runs_ = false;
    track_.delivered = track_.delivered || inner_->delivered;
    apply_filter_failure(outcome);
    keep_what_arrived(outcome);
    // The layer hears of it first, but need not answer.
    std::optional<Outcome> of_cancelled;
    if (cancelled_) of_cancelled.emplace(outcome ? Outcome(*outcome) : Outcome(outcome.error()));
    std::optional<Error> failure;
    if (!outcome_ && done) failure = guarded([&] { done(std::move(outcome).take()); });
    if (failure) answer(std::move(*failure));
    if (of_cancelled) answer(std::move(*of_cancelled));
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
  const Link* link_;
  CancelScope inner_cancel_;
  std::optional<Request> request_;
  std::optional<ChunkFilter> filter_;
  std::optional<Track> inner_;
  std::optional<Error> filter_failure_;
  std::optional<Response> arrived_;
  std::optional<Outcome> outcome_;
  Event over_;
  bool inner_runs_ = false;
  bool cancelled_ = false;
  bool told_ = false;
};

/// Notices when a layer lets go of its call without an answer.
class Answer {
 public:
  explicit Answer(std::shared_ptr<Passage> passage) : passage_(std::move(passage)) {}
  ~Answer() {
    passage_->answer(Error(ErrorKind::internal, "a layer let go of a call without an answer").where("layer"));
  }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  void give(Result<Response> result) const { passage_->answer(std::move(result)); }

 private:
  std::shared_ptr<Passage> passage_;
};

Task<Outcome> pass_layer(Call& call, Track& track, Layer& layer, Next rest, const Link* link) {
  if (track.cancel.reason()) co_return *track.cancel.reason();
  const auto passage = std::make_shared<Passage>(call, track, rest, link);
  {
    CancelScope::Listener listener(track.cancel, [&] { passage->cancelled(*track.cancel.reason()); });
    Layer::Done done = [answer = std::make_shared<Answer>(passage)](Result<Response> result) {
      answer->give(std::move(result));
    };
    std::optional<Error> failure = guarded([&] { layer.handle(*track.request, passage, done); });
    if (failure) passage->answer(std::move(*failure));
    done = nullptr;
    co_await passage->over();
  }
  co_return passage->end();
}

Task<Outcome> pass_from(Call& call, Track& track, const std::vector<std::shared_ptr<Layer>>& layers, std::size_t at,
                        Next rest, const Link* link) {
  if (at == layers.size()) {
    Outcome last = co_await rest(track);
    co_return last;
  }
  Next inside = [&call, &layers, at, rest, link](Track& inner) {
    return pass_from(call, inner, layers, at + 1, rest, link);
  };
  Outcome outcome = co_await pass_layer(call, track, *layers[at], std::move(inside), link);
  co_return outcome;
}

}  // namespace

Task<Outcome> user_layers(Call& call, Track& track, const std::vector<std::shared_ptr<Layer>>& layers, Next rest,
                          const Link* link) {
  return pass_from(call, track, layers, 0, std::move(rest), link);
}

}  // namespace antiphon::inline v0::pipeline
