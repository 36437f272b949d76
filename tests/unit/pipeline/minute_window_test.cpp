#include "pipeline/minute_window.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <utility>

#include "core/random.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;
using Time = MinuteWindow::Time;

constexpr Time window_start{1h};

TEST(MinuteWindow, AllOfTheLimitMayBeTakenAtOnce) {
  MinuteWindow window(100);
  EXPECT_EQ(window.ready(window_start, 100), window_start);
  window.take(window_start, 60);
  EXPECT_EQ(window.ready(window_start, 40), window_start);
  EXPECT_GE(window.ready(window_start, 41), window_start + 60s);
}

TEST(MinuteWindow, WhatIsAMinuteOldCountsNoMore) {
  MinuteWindow window(100);
  window.take(window_start, 60);
  window.take(window_start + 30s, 40);
  const Time first = window.ready(window_start + 31s, 60);
  EXPECT_GE(first, window_start + 60s);
  EXPECT_LE(first, window_start + 61s);
  EXPECT_GE(window.ready(window_start + 31s, 61), window_start + 90s);
  EXPECT_EQ(window.ready(window_start + 2h, 100), window_start + 2h);
}

TEST(MinuteWindow, NoMinuteHasMore) {
  Random random(5);
  MinuteWindow window(1000);
  std::deque<std::pair<Time, double>> recent;
  double sum = 0;
  Time now = window_start;
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
  EXPECT_EQ(window.ready(window_start, 500), window_start);
  window.take(window_start, 1);
  EXPECT_GE(window.ready(window_start, 500), window_start + 60s);
  window.take(window_start + 61s, 500);
  EXPECT_GE(window.ready(window_start + 61s, 1), window_start + 121s);
}

TEST(MinuteWindow, CorrectionsCountWhereItWasTaken) {
  MinuteWindow window(100);
  window.take(window_start, 100);
  window.correct(window_start + 50s, window_start, -90);
  EXPECT_EQ(window.ready(window_start + 50s, 90), window_start + 50s);
  window.take(window_start + 50s, 90);
  // The minute of the first is over: what was given back for it is no credit.
  EXPECT_EQ(window.ready(window_start + 61s, 10), window_start + 61s);
  EXPECT_GE(window.ready(window_start + 61s, 11), window_start + 110s);
  window.correct(window_start + 62s, window_start, -50);
  EXPECT_GE(window.ready(window_start + 62s, 11), window_start + 110s);
}

}  // namespace
}  // namespace antiphon::pipeline
