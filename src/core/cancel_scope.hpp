#pragma once

#include <functional>
#include <list>
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
    while (!listeners_.empty()) {
      Listener& listener = *listeners_.front();
      listeners_.pop_front();
      listener.place_.reset();
      const std::function<void()> on_cancel = std::move(listener.on_cancel_);
      on_cancel();
    }
  }

  const std::optional<Error>& reason() const { return reason_; }

  /// Listens as long as it lives; never called when the scope was cancelled before.
  class Listener {
   public:
    Listener(CancelScope& scope, std::function<void()> on_cancel) : scope_(scope), on_cancel_(std::move(on_cancel)) {
      if (!scope.reason_) place_ = scope.listeners_.insert(scope.listeners_.end(), this);
    }
    ~Listener() {
      if (place_) scope_.listeners_.erase(*place_);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

   private:
    friend class CancelScope;

    CancelScope& scope_;
    std::function<void()> on_cancel_;
    std::optional<std::list<Listener*>::iterator> place_;
  };

 private:
  std::optional<Error> reason_;
  std::list<Listener*> listeners_;
};

}  // namespace antiphon::inline v0
