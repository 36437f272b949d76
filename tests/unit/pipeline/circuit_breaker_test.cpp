#include "pipeline/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;
using Passage = CircuitBreaker::Passage;

class CircuitBreakerTest : public testing::Test {
 protected:
  void fail(int times = 1, const Passage* passage = nullptr) {
    for (int i = 0; i < times; ++i) breaker.failed(now, passage, config);
  }
  State state() const { return breaker.state(now); }

  CircuitBreakerConfig config = CircuitBreakerConfig().failures(3).rest(10s).max_rest(35s);
  CircuitBreaker breaker;
  CircuitBreaker::Time now{1h};
};

TEST_F(CircuitBreakerTest, FailuresInARowOpenIt) {
  fail(2);
  EXPECT_EQ(state(), State::closed);
  EXPECT_TRUE(breaker.passable(now));
  fail();
  EXPECT_EQ(state(), State::open);
  EXPECT_FALSE(breaker.passable(now));
  EXPECT_EQ(breaker.open_until(), now + 10s);
}

TEST_F(CircuitBreakerTest, AnAnswerBetweenThemDoesNot) {
  fail(2);
  breaker.answered();
  fail(2);
  EXPECT_EQ(state(), State::closed);
}

TEST_F(CircuitBreakerTest, AFirstContentAloneIsNoAnswer) {
  // Every stream is cut after its beginning: the provider is down all the same.
  for (int i = 0; i < 3; ++i) {
    breaker.content_came();
    fail();
  }
  EXPECT_EQ(state(), State::open);
}

TEST_F(CircuitBreakerTest, AfterTheRestOneCallPasses) {
  fail(3);
  now += 10s - 1ns;
  EXPECT_EQ(state(), State::open);
  now += 1ns;
  EXPECT_EQ(state(), State::half_open);
  ASSERT_TRUE(breaker.passable(now));
  Passage trial(breaker, now);
  EXPECT_TRUE(breaker.tried());
  EXPECT_FALSE(breaker.passable(now));
  EXPECT_TRUE(trial.may_try(now, false));
}

TEST_F(CircuitBreakerTest, HoweverTheTrialEndsTheNextCanBegin) {
  fail(3);
  now += 10s;
  { const Passage cancelled(breaker, now); }
  EXPECT_TRUE(breaker.passable(now));
  EXPECT_EQ(state(), State::half_open);
}

TEST_F(CircuitBreakerTest, TheFirstContentOfTheTrialClosesIt) {
  fail(3);
  now += 10s;
  const Passage trial(breaker, now);
  breaker.content_came();
  EXPECT_EQ(state(), State::closed);
  EXPECT_TRUE(breaker.passable(now));
  EXPECT_FALSE(breaker.tried());
}

TEST_F(CircuitBreakerTest, UntilAnAnswerWasCompleteOneFailureOpensItAgainForTwiceAsLong) {
  fail(3);
  now += 10s;
  breaker.content_came();
  fail();
  EXPECT_EQ(state(), State::open);
  EXPECT_EQ(breaker.open_until(), now + 20s);
}

TEST_F(CircuitBreakerTest, ACompleteAnswerForgetsEverything) {
  fail(3);
  now += 10s;
  breaker.answered();
  fail(2);
  EXPECT_EQ(state(), State::closed);
  fail();
  EXPECT_EQ(breaker.open_until(), now + 10s);
}

TEST_F(CircuitBreakerTest, AFailedTrialDoublesTheRestUpToAMaximum) {
  fail(3);
  for (const auto rest : {20s, 35s, 35s}) {
    now = *breaker.open_until();
    const Passage trial(breaker, now);
    fail(1, &trial);
    EXPECT_EQ(breaker.open_until(), now + rest);
  }
}

TEST_F(CircuitBreakerTest, LateFailuresOfOthersSayNothingNew) {
  const Passage before(breaker, now);
  fail(3);
  const auto until = breaker.open_until();
  now += 5s;
  fail(10, &before);
  fail(10);
  EXPECT_EQ(breaker.open_until(), until);
  now = *until;
  const Passage trial(breaker, now);
  fail(10, &before);
  EXPECT_EQ(state(), State::half_open);
}

TEST_F(CircuitBreakerTest, WhoHasNobodyElseToAskPassesAloneWhileItIsOpen) {
  fail(3);
  EXPECT_TRUE(breaker.passable_at_last());
  const auto until = breaker.open_until();
  {
    Passage early(breaker, now);
    EXPECT_FALSE(breaker.passable_at_last());
    // Its failure does not make the rest longer.
    fail(1, &early);
    EXPECT_EQ(breaker.open_until(), until);
    EXPECT_TRUE(early.may_try(now, true));
  }
  EXPECT_TRUE(breaker.passable_at_last());
}

TEST_F(CircuitBreakerTest, ACallThatPassedBeforeItOpenedMayNotTryAgain) {
  Passage one(breaker, now);
  Passage other(breaker, now);
  fail(3);
  EXPECT_FALSE(one.may_try(now, false));
  // With nobody else to ask, one of them may.
  EXPECT_TRUE(one.may_try(now, true));
  EXPECT_FALSE(other.may_try(now, true));
  // After the rest, one of those that have somebody else.
  now += 10s;
  EXPECT_FALSE(other.may_try(now, false));
  breaker.content_came();
  EXPECT_TRUE(other.may_try(now, false));
}

TEST_F(CircuitBreakerTest, TheEndOfAnOldTrialDoesNotEndAnother) {
  fail(3);
  now += 10s;
  auto old = std::make_unique<Passage>(breaker, now);
  breaker.content_came();
  fail();
  now = *breaker.open_until();
  const Passage trial(breaker, now);
  old.reset();
  EXPECT_TRUE(breaker.tried());
}

}  // namespace
}  // namespace antiphon::pipeline
