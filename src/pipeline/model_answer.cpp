#include "pipeline/model_answer.hpp"

#include <utility>

namespace antiphon::inline v0 {

void ModelAnswer::State::put(Piece piece) {
  const std::lock_guard lock(mutex_);
  if (!listener_ || ended_) return;
  ended_ = piece.kind == Piece::Kind::finish;
  pieces_.push_back(std::move(piece));
  announce();
}

void ModelAnswer::State::fail(Error error) {
  const std::lock_guard lock(mutex_);
  if (!listener_ || ended_) return;
  ended_ = true;
  error_ = std::move(error);
  announce();
}

bool ModelAnswer::State::cancelled() const {
  const std::lock_guard lock(mutex_);
  return !listener_;
}

bool ModelAnswer::State::full() const {
  const std::lock_guard lock(mutex_);
  return full_;
}

void ModelAnswer::State::full(bool value) {
  const std::lock_guard lock(mutex_);
  full_ = value;
}

std::vector<ModelAnswer::State::Piece> ModelAnswer::State::take() {
  const std::lock_guard lock(mutex_);
  announced_ = false;
  return std::exchange(pieces_, {});
}

bool ModelAnswer::State::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_ && pieces_.empty();
}

std::optional<Error> ModelAnswer::State::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void ModelAnswer::State::close() {
  const std::lock_guard lock(mutex_);
  listener_ = nullptr;
  pieces_.clear();
}

/// One task for all that arrives until it runs.
void ModelAnswer::State::announce() {
  if (std::exchange(announced_, true)) return;
  scheduler_->post([self = shared_from_this()] {
    Listener* listener = nullptr;
    {
      const std::lock_guard lock(self->mutex_);
      listener = self->listener_;
    }
    // Closed on this very thread, so it is still there.
    if (listener) listener->arrived();
  });
}

namespace {

using Piece = ModelAnswer::State::Piece;

}  // namespace

Model::~Model() = default;

ModelAnswer::ModelAnswer(std::shared_ptr<State> state) : state_(std::move(state)) {}

ModelAnswer& ModelAnswer::content(std::string text) {
  return state_->put(Piece{.kind = Piece::Kind::content, .text = std::move(text)}), *this;
}

ModelAnswer& ModelAnswer::reasoning(std::string text) {
  return state_->put(Piece{.kind = Piece::Kind::reasoning, .text = std::move(text)}), *this;
}

ModelAnswer& ModelAnswer::tool_call(std::string id, std::string name, std::string arguments) {
  state_->put(Piece{.kind = Piece::Kind::tool_call,
                    .text = std::move(arguments),
                    .id = std::move(id),
                    .name = std::move(name)});
  return *this;
}

ModelAnswer& ModelAnswer::usage(Usage usage) {
  return state_->put(Piece{.kind = Piece::Kind::usage, .usage = usage}), *this;
}

void ModelAnswer::finish(FinishReason reason) { state_->put(Piece{.kind = Piece::Kind::finish, .reason = reason}); }

void ModelAnswer::fail(Error error) { state_->fail(std::move(error)); }
bool ModelAnswer::cancelled() const { return state_->cancelled(); }
bool ModelAnswer::full() const { return state_->full(); }

}  // namespace antiphon::inline v0
