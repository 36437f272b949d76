#include "pipeline/minute_window.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <utility>

#include "core/random.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;
using Time = MinuteWindow::Time;

constexpr Time start{1h};

TEST(MinuteWindow, AllOfTheLimitMayBeTakenAtOnce) {
  MinuteWindow window(100);
  EXPECT_EQ(window.ready(start, 100), start);
  window.take(start, 60);
  EXPECT_EQ(window.ready(start, 40), start);
  EXPECT_GE(window.ready(start, 41), start + 60s);
}

TEST(MinuteWindow, WhatIsAMinuteOldCountsNoMore) {
  MinuteWindow window(100);
  window.take(start, 60);
  window.take(start + 30s, 40);
  const Time first = window.ready(start + 31s, 60);
  EXPECT_GE(first, start + 60s);
  EXPECT_LE(first, start + 61s);
  EXPECT_GE(window.ready(start + 31s, 61), start + 90s);
  EXPECT_EQ(window.ready(start + 2h, 100), start + 2h);
}

TEST(MinuteWindow, NoMinuteHasMore) {
  Random random(5);
  MinuteWindow window(1000);
  std::deque<std::pair<Time, double>> recent;
  double sum = 0;
  Time now = start;
  for (int i = 0; i < 5000; ++i) {
    const double units = 1 + static_cast<double>(random.below(400));
    now = window.ready(now + random.below(300) * 10ms, units);
    window.take(now, units);
    recent.emplace_back(now, units);
    sum += units;
    for (; recent.front().first <= now - 60s; recent.pop_front()) sum -= recent.front().second;
    ASSERT_LE(sum, 1000);
  }
}

TEST(MinuteWindow, WhatIsLargerThanTheLimitGoesAlone) {
  MinuteWindow window(100);
  EXPECT_EQ(window.ready(start, 500), start);
  window.take(start, 1);
  EXPECT_GE(window.ready(start, 500), start + 60s);
  window.take(start + 61s, 500);
  EXPECT_GE(window.ready(start + 61s, 1), start + 121s);
}

TEST(MinuteWindow, CorrectionsCountWhereItWasTaken) {
  MinuteWindow window(100);
  window.take(start, 100);
  window.correct(start + 50s, start, -90);
  EXPECT_EQ(window.ready(start + 50s, 90), start + 50s);
  window.take(start + 50s, 90);
  // The minute of the first is over: what was given back for it is no credit.
  EXPECT_EQ(window.ready(start + 61s, 10), start + 61s);
  EXPECT_GE(window.ready(start + 61s, 11), start + 110s);
  window.correct(start + 62s, start, -50);
  EXPECT_GE(window.ready(start + 62s, 11), start + 110s);
}

}  // namespace
}  // namespace antiphon::pipeline
