#pragma once

#include <functional>
#include <optional>
#include <utility>

#include <antiphon/error.hpp>

namespace antiphon::inline v0 {

/// Ends a call from outside: by its user, its deadline, the engine. Whatever the call waits for listens here.
/// One thread, the scheduler's. A listener must not bring the call to its end from inside `cancel`, because the scope
/// ends with it: it posts.
class CancelScope {
 public:
  /// The first reason counts.
  void cancel(Error reason) {
    if (reason_) return;
    reason_ = std::move(reason);
    // A listener may take itself off, or others.
    while (Listener* listener = first_) {
      listener->leave();
      const std::function<void()> on_cancel = std::move(listener->on_cancel_);
      on_cancel();
    }
  }

  const std::optional<Error>& reason() const { return reason_; }

  /// Listens as long as it lives; never called when the scope was cancelled before.
  class Listener {
   public:
    Listener(CancelScope& scope, std::function<void()> on_cancel) : scope_(scope), on_cancel_(std::move(on_cancel)) {
      if (!scope.reason_) enter();
    }
    ~Listener() {
      if (listens_) leave();
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

   private:
    friend class CancelScope;

    void enter() {
      listens_ = true;
      before_ = scope_.last_;
      (before_ ? before_->behind_ : scope_.first_) = this;
      scope_.last_ = this;
    }
    void leave() {
      listens_ = false;
      (before_ ? before_->behind_ : scope_.first_) = behind_;
      (behind_ ? behind_->before_ : scope_.last_) = before_;
    }

    CancelScope& scope_;
    std::function<void()> on_cancel_;
    // Its place in the row: every call listens, and a list of pointers would cost an allocation each time.
    Listener* before_ = nullptr;
    Listener* behind_ = nullptr;
    bool listens_ = false;
  };

 private:
  std::optional<Error> reason_;
  Listener* first_ = nullptr;
  Listener* last_ = nullptr;
};

}  // namespace antiphon::inline v0
