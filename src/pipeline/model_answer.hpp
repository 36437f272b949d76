#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/model.hpp>
#include <antiphon/scheduler.hpp>

#include "core/answer_builder.hpp"

namespace antiphon::inline v0 {

/// The pieces of an answer on their way from the model's threads to the scheduler's.
class ModelAnswer::State : public std::enable_shared_from_this<ModelAnswer::State> {
 public:
  /// Told on the scheduler's thread that there is something to take.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void arrived() = 0;
  };
  struct Piece {
    enum class Kind { content, reasoning, tool_call, usage, finish } kind;
    std::string text = {};
    std::string id = {};
    std::string name = {};
    Usage usage = {};
    FinishReason reason = FinishReason::none;
  };

  State(Scheduler& scheduler, Listener& listener) : scheduler_(&scheduler), listener_(&listener) {}

  // From any thread.
  void put(Piece piece);
  void fail(Error error);
  bool cancelled() const;
  bool full() const;

  // On the scheduler's thread.
  std::vector<Piece> take();
  /// Why the answer ended; nothing as long as it goes on.
  bool ended() const;
  std::optional<Error> error() const;
  void full(bool value);
  /// Nobody wants anything any more.
  void close();

 private:
  void announce();

  mutable std::mutex mutex_;
  Scheduler* scheduler_;
  Listener* listener_;  ///< null once closed
  std::vector<Piece> pieces_;
  std::optional<Error> error_;
  bool ended_ = false;
  bool announced_ = false;
  bool full_ = false;
};

}  // namespace antiphon::inline v0
