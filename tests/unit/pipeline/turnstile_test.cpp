#include "pipeline/turnstile.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "support/virtual_scheduler.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;
using Entry = Turnstile::Entry;

class TurnstileTest : public testing::Test {
 protected:
  ~TurnstileTest() override {
    for (Visitor& visitor : visitors) visitor.cancel.cancel(Error(ErrorKind::cancelled, "the test is over"));
    settle();
  }

  /// Somebody who wants to pass.
  struct Visitor {
    CancelScope cancel;
    std::optional<Entry> entry;
    std::chrono::nanoseconds at{};
    std::optional<std::uint64_t> number;
  };

  void limit(const Limits& limits) { turnstile.emplace(limits, gate); }
  Visitor& come(double tokens = 0, std::chrono::nanoseconds longest_pause = 1h) {
    return come_with(Turnstile::Patience{longest_pause}, tokens);
  }
  Visitor& come_with(Turnstile::Patience patience, double tokens = 0) {
    Visitor& visitor = visitors.emplace_back();
    stand_in_the_row(visitor, tokens, patience);
    return visitor;
  }
  /// Goes away after that time.
  Visitor& come_for(std::chrono::nanoseconds longest) {
    return come_with(Turnstile::Patience{.pause = longest, .until = scheduler.steady_now() + longest});
  }
  void stand_in_the_row(Visitor& visitor, double tokens = 0, Turnstile::Patience patience = {.pause = 1h}) {
    std::function<void(Turnstile::Turn)> passed = [this, &visitor](Turnstile::Turn turn) {
      visitor.entry = turn.entry;
      visitor.at = turn.at - started;
      visitor.number = turn.number;
    };
    spawn(turnstile->enter(scheduler, visitor.cancel, tokens, patience, visitor.number), std::move(passed));
  }
  /// Had a turn, and cannot make use of it.
  void turn_back(Visitor& visitor) {
    visitor.entry.reset();
    turnstile->turn_back(scheduler.steady_now(), scheduler.steady_now(), 0);
    turnstile->advance(scheduler);
  }
  void come_all(int many) {
    for (int i = 0; i < many; ++i) come();
  }
  /// As `Endpoint::close_gate` does.
  void close_gate(std::chrono::nanoseconds duration) {
    gate.close_until(scheduler.steady_now() + duration);
    turnstile->gate_closed(scheduler);
  }
  void leave(double more_tokens = 0) {
    turnstile->leave(scheduler.steady_now(), scheduler.steady_now(), more_tokens);
    turnstile->advance(scheduler);
  }
  void settle() { scheduler.run_for(0ns); }
  int passed() const {
    int count = 0;
    for (const Visitor& visitor : visitors) count += visitor.entry == Entry::passed;
    return count;
  }

  test::VirtualScheduler scheduler;
  std::chrono::steady_clock::time_point started = scheduler.steady_now();
  Gate gate;
  std::optional<Turnstile> turnstile{std::in_place, Limits(), gate};
  std::deque<Visitor> visitors;
};

TEST_F(TurnstileTest, WithoutLimitsAllPassAtOnce) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(turnstile->try_enter(scheduler.steady_now(), 1e9));
  EXPECT_EQ(turnstile->inside(), 100U);
}

TEST_F(TurnstileTest, OnlySoManyAreInsideAtOnce) {
  limit(Limits().max_concurrent(2));
  come_all(5);
  settle();
  EXPECT_EQ(passed(), 2);
  EXPECT_EQ(turnstile->waiting(), 3U);
  EXPECT_FALSE(turnstile->try_enter(scheduler.steady_now(), 0));
  leave();
  settle();
  EXPECT_EQ(passed(), 3);
  EXPECT_EQ(turnstile->inside(), 2U);
}

TEST_F(TurnstileTest, FirstComeFirstServed) {
  limit(Limits().max_concurrent(1));
  Visitor& first = come();
  Visitor& second = come();
  Visitor& third = come();
  settle();
  leave();
  settle();
  EXPECT_TRUE(first.entry && second.entry && !third.entry);
  // Nobody jumps the queue.
  turnstile->leave(scheduler.steady_now(), scheduler.steady_now(), 0);
  EXPECT_FALSE(turnstile->try_enter(scheduler.steady_now(), 0));
  turnstile->advance(scheduler);
  settle();
  EXPECT_TRUE(third.entry);
}

TEST_F(TurnstileTest, WhoTurnsBackKeepsItsPlace) {
  limit(Limits().max_concurrent(2));
  Visitor& first = come();
  Visitor& second = come();
  Visitor& third = come();
  settle();
  ASSERT_TRUE(first.entry && second.entry && !third.entry);
  close_gate(5s);
  // In any order, and although somebody waits already.
  turn_back(second);
  stand_in_the_row(second);
  turn_back(first);
  stand_in_the_row(first);
  Visitor& fourth = come();
  // The ramp lets one in at a time.
  for (std::size_t served = 1; served <= visitors.size(); ++served) {
    scheduler.run();
    EXPECT_EQ(passed(), static_cast<int>(served));
    EXPECT_TRUE(visitors[served - 1].entry) << "they came in this order";
    leave();
  }
  EXPECT_TRUE(third.entry && fourth.entry);
}

TEST_F(TurnstileTest, RequestsArePaced) {
  limit(Limits().requests_per_minute(60));
  come_all(8);
  scheduler.run();
  EXPECT_EQ(visitors[5].at, 0s);
  EXPECT_GT(visitors[6].at, 1s);
  EXPECT_GT(visitors[7].at, visitors[6].at + 1s);
}

TEST_F(TurnstileTest, TokensArePaced) {
  limit(Limits().tokens_per_minute(600));
  come(60);
  Visitor& next = come(60);
  scheduler.run();
  EXPECT_GT(next.at, 6s);
  EXPECT_LT(next.at, 7s);
}

TEST_F(TurnstileTest, TokensThatWereNotUsedAreThereForOthers) {
  limit(Limits().tokens_per_minute(600));
  come(60);
  settle();
  leave(-60);
  Visitor& next = come(60);
  settle();
  EXPECT_TRUE(next.entry);
}

TEST_F(TurnstileTest, NoMinuteHasMoreTokensThanTheLimit) {
  // Larger than a tenth, and each used less than was thought: the bucket alone would let too much pass.
  limit(Limits().tokens_per_minute(600));
  for (int i = 0; i < 5; ++i) come(250);
  scheduler.run();
  EXPECT_LT(visitors[1].at, 60s);
  EXPECT_GE(visitors[2].at, 60s);
  EXPECT_GE(visitors[4].at - visitors[2].at, 60s);
}

TEST_F(TurnstileTest, WhoTurnsBackGivesEverythingBack) {
  limit(Limits().requests_per_minute(10).tokens_per_minute(600).max_concurrent(1));
  come(60);
  settle();
  turnstile->turn_back(scheduler.steady_now(), scheduler.steady_now(), 60);
  EXPECT_TRUE(turnstile->try_enter(scheduler.steady_now(), 60));
}

TEST_F(TurnstileTest, CancellingEndsTheWaitAndLetsTheNextOneIn) {
  limit(Limits().requests_per_minute(60).tokens_per_minute(600));
  come(60);
  Visitor& large = come(60);
  Visitor& none = come(0);
  settle();
  ASSERT_FALSE(large.entry);
  large.cancel.cancel(Error(ErrorKind::cancelled, "enough"));
  settle();
  EXPECT_EQ(large.entry, Entry::cancelled);
  EXPECT_EQ(large.at, 0s);
  EXPECT_EQ(none.entry, Entry::passed);
  EXPECT_TRUE(scheduler.idle()) << "a timer was left behind";
}

TEST_F(TurnstileTest, WhoIsCancelledAlreadyDoesNotEnter) {
  Visitor& visitor = visitors.emplace_back();
  visitor.cancel.cancel(Error(ErrorKind::cancelled, "before"));
  std::function<void(Turnstile::Turn)> passed = [&](Turnstile::Turn turn) { visitor.entry = turn.entry; };
  spawn(turnstile->enter(scheduler, visitor.cancel, 0, Turnstile::Patience{1h}), std::move(passed));
  EXPECT_EQ(visitor.entry, Entry::cancelled);
  EXPECT_EQ(turnstile->inside(), 0U);
}

TEST_F(TurnstileTest, CancellingBetweenTheTurnAndThePassageDoesNoHarm) {
  limit(Limits().max_concurrent(1));
  Visitor& visitor = come();
  visitor.cancel.cancel(Error(ErrorKind::cancelled, "late"));
  settle();
  // It has passed: whoever asked gives the permit back.
  EXPECT_EQ(visitor.entry, Entry::passed);
  EXPECT_EQ(turnstile->inside(), 1U);
}

TEST_F(TurnstileTest, NobodyPassesAClosedGate) {
  close_gate(5s);
  come_all(3);
  scheduler.run_for(5s - 1ns);
  EXPECT_EQ(passed(), 0);
  scheduler.run_for(1ns);
  EXPECT_EQ(passed(), 1) << "the ramp begins with one";
  leave();
  settle();
  EXPECT_EQ(passed(), 2);
}

TEST_F(TurnstileTest, AGateThatClosesAgainIsWaitedForAgain) {
  close_gate(5s);
  Visitor& visitor = come();
  scheduler.run_for(3s);
  close_gate(5s);
  scheduler.run();
  EXPECT_EQ(visitor.at, 8s);
}

TEST_F(TurnstileTest, AClosedGateTurnsTheImpatientAway) {
  close_gate(5s);
  Visitor& impatient = come(0, 4s);
  Visitor& patient = come(0, 5s);
  settle();
  EXPECT_EQ(impatient.entry, Entry::turned_away);
  EXPECT_EQ(impatient.at, 0s);
  scheduler.run();
  EXPECT_EQ(patient.entry, Entry::passed);
}

TEST_F(TurnstileTest, AGateThatClosesTurnsAwayThoseWhoWait) {
  limit(Limits().max_concurrent(1));
  come();
  Visitor& impatient = come(0, 4s);
  Visitor& patient = come(0, 1min);
  settle();
  close_gate(5s);
  settle();
  EXPECT_EQ(impatient.entry, Entry::turned_away);
  EXPECT_FALSE(patient.entry);
  leave();
  scheduler.run();
  EXPECT_EQ(patient.at, 5s);
}

TEST_F(TurnstileTest, WhoHasSomewhereElseToGoLeavesTheRow) {
  limit(Limits().max_concurrent(1));
  come();
  Visitor& second = come_for(2s);
  Visitor& third = come_for(3s);
  scheduler.run_for(2s);
  EXPECT_EQ(second.entry, Entry::turned_away);
  EXPECT_EQ(second.at, 2s);
  leave();
  scheduler.run();
  EXPECT_EQ(third.entry, Entry::passed);
  EXPECT_EQ(third.at, 2s);
  EXPECT_TRUE(scheduler.idle()) << "a timer was left behind";
}

TEST_F(TurnstileTest, ItLeavesARampTooAndTheNextOneMoves) {
  close_gate(1s);
  Visitor& trial = come();
  Visitor& elsewhere = come_for(3s);
  Visitor& patient = come(0, 1s);
  scheduler.run_for(3s);
  EXPECT_EQ(trial.at, 1s);
  EXPECT_EQ(elsewhere.entry, Entry::turned_away);
  EXPECT_EQ(elsewhere.at, 3s);
  EXPECT_FALSE(patient.entry) << "the pause was short enough, and the row is as long as it is";
  leave();
  settle();
  EXPECT_EQ(patient.entry, Entry::passed);
}

TEST_F(TurnstileTest, TheFirstInTheRowThatLeavesMakesWayForASmallerOne) {
  limit(Limits().tokens_per_minute(600));
  come(60);
  Visitor& large = come_with(Turnstile::Patience{.pause = 1s, .until = scheduler.steady_now() + 1s}, 60);
  Visitor& small = come(1);
  scheduler.run_for(1s);
  EXPECT_EQ(large.entry, Entry::turned_away);
  EXPECT_EQ(small.entry, Entry::passed);
}

TEST_F(TurnstileTest, CancellingStopsItsPatienceToo) {
  limit(Limits().max_concurrent(1));
  come();
  Visitor& second = come_for(2s);
  second.cancel.cancel(Error(ErrorKind::cancelled, "enough"));
  settle();
  EXPECT_EQ(second.entry, Entry::cancelled);
  EXPECT_TRUE(scheduler.idle()) << "a timer was left behind";
}

TEST_F(TurnstileTest, TenThousandWaitAtAClosedGate) {
  close_gate(30s);
  come_all(10'000);
  EXPECT_EQ(turnstile->waiting(), 10'000U);
  scheduler.run_for(30s);
  EXPECT_EQ(passed(), 1);
  for (int i = 0; i < 9'999; ++i) {
    leave();
    settle();
  }
  EXPECT_EQ(passed(), 10'000);
  EXPECT_EQ(turnstile->waiting(), 0U);
  EXPECT_TRUE(scheduler.idle());
}

}  // namespace
}  // namespace antiphon::pipeline
