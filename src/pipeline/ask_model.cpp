#include "pipeline/ask_model.hpp"

#include <exception>
#include <utility>

#include "pipeline/answer_stream.hpp"
#include "pipeline/exchange.hpp"
#include "pipeline/model_answer.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

using State = ModelAnswer::State;
using Piece = State::Piece;

void apply(AnswerBuilder& builder, const Piece& piece) {
  switch (piece.kind) {
    case Piece::Kind::content:
      builder.text(0, piece.text);
      break;
    case Piece::Kind::reasoning:
      builder.reasoning(0, piece.text);
      break;
    case Piece::Kind::usage:
      builder.usage(piece.usage);
      break;
    case Piece::Kind::finish:
      builder.finish(0, piece.reason, to_string(piece.reason));
      break;
    case Piece::Kind::tool_call: {
      ToolCallPiece call;
      call.id = piece.id;
      call.name = piece.name;
      call.arguments = piece.text;
      builder.tool_call(0, call);
      break;
    }
  }
}

bool is_content(const Piece& piece) { return piece.kind != Piece::Kind::usage && piece.kind != Piece::Kind::finish; }

/// Puts the pieces together; the bytes of the exchange are empty, they only say that pieces are there.
class Pieces : public AnswerConsumer {
 public:
  Pieces(Call& call, const Link& link, Track& track, ChunkGate::Time started)
      : track_(track), gate_(call, link, track, started), builder_(track.output ? &gate_ : nullptr) {
    builder_.model(link.config.model());
  }

  void source(std::shared_ptr<State> state) { state_ = std::move(state); }

  void head(HttpHead) override {}
  bool bytes(std::string_view) override {
    for (const Piece& piece : state_->take()) {
      apply(builder_, piece);
      if (is_content(piece)) ++content_pieces_;
    }
    if (track_.output) track_.output->flush();
    state_->full(full());
    return !state_->ended();
  }
  std::size_t content_pieces() const override { return content_pieces_; }
  bool full() const override { return track_.output && track_.output->full(); }

  Outcome end(std::optional<Error> error, ChunkGate::Time now) {
    if (!error) error = state_->error();
    if (error) {
      if (builder_.has_content()) error->partial(builder_.take());
      return std::move(*error);
    }
    builder_.close();
    if (!gate_.answer_ended(now)) return Error(ErrorKind::cancelled, "another provider answered first");
    if (track_.output) track_.output->flush();
    return builder_.take();
  }

 private:
  Track& track_;
  ChunkGate gate_;
  AnswerBuilder builder_;
  std::shared_ptr<State> state_;
  std::size_t content_pieces_ = 0;
};

/// The model as something that answers requests: timeouts and cancelling are those of every exchange.
class ModelTransport : public HttpTransport, public State::Listener {
 public:
  ModelTransport(Scheduler& scheduler, Model& model, const Request& request)
      : scheduler_(scheduler), model_(model), request_(request) {}
  ~ModelTransport() override { state_->close(); }

  const std::shared_ptr<State>& state() const { return state_; }

  std::unique_ptr<HttpCall> start(HttpRequest, HttpSink& sink) override {
    sink_ = &sink;
    sink.connected();
    // Kept until what it throws is known: letting go of an answer is an end too.
    const ModelAnswer answer(std::shared_ptr<State>(state_.get(), Last(state_)));
    try {
      model_.answer(request_, answer);
    } catch (const Error& error) {
      state_->fail(error);
    } catch (const std::exception& error) {
      state_->fail(Error(ErrorKind::internal, std::string("the model threw: ") + error.what()));
    } catch (...) {
      state_->fail(Error(ErrorKind::internal, "the model threw"));
    }
    return std::make_unique<Handle>(*this);
  }

 private:
  /// Ends an answer that nobody can end any more.
  class Last {
   public:
    explicit Last(std::shared_ptr<State> state) : state_(std::move(state)) {}
    void operator()(State*) const {
      state_->fail(Error(ErrorKind::truncated, "the model let go of its answer without an end"));
    }

   private:
    std::shared_ptr<State> state_;
  };
  class Handle : public HttpCall {
   public:
    explicit Handle(ModelTransport& transport) : transport_(transport) {}
    void resume() override { transport_.resume(); }
    void cancel() override { transport_.cancel(); }

   private:
    ModelTransport& transport_;
  };

  void arrived() override {
    if (paused_ || !sink_) return;
    paused_ = sink_->bytes({}) == Flow::pause;
    if (state_->ended()) end(std::nullopt);
  }
  void resume() {
    paused_ = false;
    state_->full(false);
    post([this] { arrived(); });
  }
  void cancel() {
    state_->close();
    post([this] { end(Error(ErrorKind::cancelled, "the request was cancelled")); });
  }
  void post(std::function<void()> task) {
    scheduler_.post([alive = std::weak_ptr<bool>(alive_), task = std::move(task)] {
      if (!alive.expired()) task();
    });
  }
  void end(std::optional<Error> error) {
    if (HttpSink* sink = std::exchange(sink_, nullptr)) sink->end(std::move(error));
  }

  Scheduler& scheduler_;
  Model& model_;
  const Request& request_;
  std::shared_ptr<State> state_ = std::make_shared<State>(scheduler_, *this);
  HttpSink* sink_ = nullptr;
  bool paused_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

Task<Outcome> ask_model(Call& call, const Link& link, Track& track, TimeoutSettings timeouts) {
  const auto started = call.scheduler.steady_now();
  Pieces pieces(call, link, track, started);
  ModelTransport transport(call.scheduler, *link.model, *track.request);
  pieces.source(transport.state());
  Exchange exchange(call.scheduler, transport, track.cancel, timeouts, pieces);
  if (track.output) track.output->on_room([&exchange] { exchange.resume(); });
  HttpRequest request;
  std::optional<Error> error = co_await exchange.run(std::move(request), started);
  if (track.output) track.output->on_room(nullptr);
  co_return pieces.end(std::move(error), call.scheduler.steady_now());
}

}  // namespace antiphon::inline v0::pipeline
