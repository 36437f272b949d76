#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>

#include <antiphon/limits.hpp>
#include <antiphon/scheduler.hpp>

#include "core/cancel_scope.hpp"
#include "pipeline/gate.hpp"
#include "pipeline/minute_window.hpp"
#include "pipeline/task.hpp"
#include "pipeline/token_bucket.hpp"

namespace antiphon::inline v0::pipeline {

/// The way in for the attempts that share limits: first come, first served. It holds them back for the limits, and for
/// as long as the gate of their provider is closed.
class Turnstile {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// `turned_away`: it took longer than somebody was willing to wait.
  enum class Entry { passed, turned_away, cancelled };
  struct Patience {
    std::chrono::nanoseconds pause;  ///< the longest of the gate's that is worth waiting for
    std::optional<Time> until = {};  ///< when to go away, whatever holds it back
  };
  /// What came of waiting, when, and for whom: those who came later have higher numbers.
  struct Turn {
    Entry entry;
    Time at;
    std::uint64_t number = 0;
  };

  Turnstile(const Limits& limits, Gate& gate);

  const Limits& limits() const { return limits_; }
  /// Else it does not matter when somebody leaves.
  bool counts_tokens() const { return tokens_.has_value(); }
  /// Passes at once when nothing holds it back. `tokens` is what the attempt probably needs.
  bool try_enter(Time now, double tokens);
  /// Waits for its turn, or for `cancel`, as long as its patience lasts. Who had a turn already, and turned back, gives
  /// its number: it stands before all who came after it.
  Task<Turn> enter(Scheduler& scheduler, CancelScope& cancel, double tokens, Patience patience,
                   std::optional<std::uint64_t> number = std::nullopt);
  /// An attempt that passed at that time is over; it used so many tokens more than had been thought.
  void leave(Time now, Time passed_at, double more_tokens);
  /// Who passed did not make the attempt.
  void turn_back(Time now, Time passed_at, double tokens);
  /// Lets those pass who may; to be called when somebody has left.
  void advance(Scheduler& scheduler);
  /// Turns those away who do not want to wait until the gate opens.
  void gate_closed(Scheduler& scheduler);

  /// The earliest time at which the first in the row may pass, if it needs so many tokens; nothing when somebody has to
  /// leave first.
  std::optional<Time> next_turn(Time now, double tokens);

  std::size_t waiting() const { return waiting_.size(); }
  std::size_t inside() const { return inside_; }
  bool is_empty() const { return waiting_.empty() && inside_ == 0; }

 private:
  struct Waiter;

  void pass(Time now, double tokens);
  std::list<Waiter*>::iterator place_of(std::uint64_t number);
  void end(Scheduler& scheduler, std::list<Waiter*>::iterator place, Entry entry);

  Limits limits_;
  Gate& gate_;
  std::optional<TokenBucket> requests_;
  std::optional<TokenBucket> tokens_;
  std::optional<MinuteWindow> tokens_in_minute_;
  std::list<Waiter*> waiting_;
  std::uint64_t last_number_ = 0;
  std::size_t inside_ = 0;
  std::optional<Scheduler::Timer> timer_;
};

}  // namespace antiphon::inline v0::pipeline
