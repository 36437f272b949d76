#include "pipeline/gate.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr Gate::Time gate_start{1h};

/// How many may be inside at once.
std::size_t room(Gate gate, Gate::Time now, std::size_t most = 1000) {
  std::size_t count = 0;
  while (count < most && gate.admits(now)) {
    gate.enter();
    ++count;
  }
  return count;
}

TEST(Gate, IsOpenAtFirst) {
  const Gate gate;
  EXPECT_FALSE(gate.closed(gate_start));
  EXPECT_EQ(room(gate, gate_start), 1000U);
}

TEST(Gate, NobodyPassesBeforeThePauseIsOver) {
  Gate gate;
  gate.close_until(gate_start + 5s);
  EXPECT_TRUE(gate.closed(gate_start + 5s - 1ns));
  EXPECT_EQ(room(gate, gate_start + 5s - 1ns), 0U);
  EXPECT_FALSE(gate.closed(gate_start + 5s));
}

TEST(Gate, AfterItTheyPassOneAtATimeAndOneMoreWithEverySuccess) {
  Gate gate;
  gate.close_until(gate_start + 5s);
  const Gate::Time after = gate_start + 5s;
  for (std::size_t successes = 0; successes < 500; ++successes) {
    ASSERT_EQ(room(gate, after), successes + 1);
    gate.succeeded(after);
  }
}

TEST(Gate, AMinuteLaterItIsOpenToAll) {
  Gate gate;
  gate.close_until(gate_start + 5s);
  EXPECT_EQ(room(gate, gate_start + 65s - 1ns), 1U);
  EXPECT_EQ(room(gate, gate_start + 65s), 1000U);
}

TEST(Gate, WhoIsInsideCounts) {
  Gate gate;
  gate.enter();
  gate.close_until(gate_start);
  EXPECT_EQ(room(gate, gate_start), 0U);
  gate.leave();
  EXPECT_EQ(room(gate, gate_start), 1U);
  EXPECT_EQ(gate.inside(), 0U);
}

TEST(Gate, WhatBeganBeforeThePauseWasOverDoesNotOpenIt) {
  Gate gate;
  gate.close_until(gate_start + 5s);
  for (int i = 0; i < 20; ++i) gate.succeeded(gate_start);
  EXPECT_EQ(room(gate, gate_start + 5s), 1U);
}

TEST(Gate, AShorterPauseDoesNotEndALongerOne) {
  Gate gate;
  gate.close_until(gate_start + 5s);
  gate.close_until(gate_start + 1s);
  EXPECT_TRUE(gate.closed(gate_start + 4s));
  EXPECT_EQ(gate.closed_until(), gate_start + 5s);
}

TEST(Gate, AnotherPauseBeginsAnotherRamp) {
  Gate gate;
  gate.close_until(gate_start);
  gate.succeeded(gate_start);
  gate.succeeded(gate_start);
  EXPECT_EQ(room(gate, gate_start), 3U);
  gate.close_until(gate_start + 1s);
  EXPECT_EQ(room(gate, gate_start + 1s), 1U);
}

}  // namespace
}  // namespace antiphon::pipeline
