#include "pipeline/retry_budget.hpp"

#include <gtest/gtest.h>

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;

class RetryBudgetTest : public testing::Test {
 protected:
  int take_all(double share) {
    int taken = 0;
    while (taken < 10'000 && budget.take(now, share)) ++taken;
    return taken;
  }
  void call(int times) {
    for (int i = 0; i < times; ++i) budget.called(now);
  }

  RetryBudget budget;
  RetryBudget::Time now{1h};
};

TEST_F(RetryBudgetTest, AFewRetriesAreFree) { EXPECT_EQ(take_all(0.2), 10); }

TEST_F(RetryBudgetTest, BeyondThemAShareOfTheCalls) {
  call(1000);
  EXPECT_EQ(take_all(0.2), 210);
  call(100);
  EXPECT_EQ(take_all(0.2), 20);
}

TEST_F(RetryBudgetTest, AShareOfZeroLeavesTheFreeOnes) {
  call(1000);
  EXPECT_EQ(take_all(0), 10);
}

TEST_F(RetryBudgetTest, AShareOfOneIsNoLimit) { EXPECT_EQ(take_all(1), 10'000); }

TEST_F(RetryBudgetTest, OnlyTheLastHalfMinuteCounts) {
  call(1000);
  now += 16s;
  budget.called(now);
  EXPECT_GT(take_all(0.2), 200) << "of the half before";
  now += 15s;
  EXPECT_EQ(take_all(0.2), 0) << "what was taken counts as long";
  now += 31s;
  EXPECT_EQ(take_all(0.2), 10);
}

TEST_F(RetryBudgetTest, NothingOfLongerAgoCountsHoweverRarelyItIsAsked) {
  call(1000);
  now += 25s;
  call(1);
  now += 14s;
  EXPECT_EQ(take_all(0.2), 10) << "the thousand were made 39 seconds ago";
}

}  // namespace
}  // namespace antiphon::pipeline
