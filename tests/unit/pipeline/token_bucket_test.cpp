#include "pipeline/token_bucket.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <utility>

#include "core/random.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;
using Time = TokenBucket::Time;

/// Takes as early as it may, and keeps what was taken in the minute up to now.
class Taker {
 public:
  explicit Taker(double per_minute) : bucket(per_minute) {}

  void take(double units) {
    now = bucket.ready(now, units);
    bucket.take(now, units);
    recent_.emplace_back(now, units);
    while (recent_.front().first <= now - 60s) recent_.pop_front();
  }
  double in_this_minute() const {
    double sum = 0;
    for (const auto& [time, units] : recent_) sum += units;
    return sum;
  }

  TokenBucket bucket;
  Time now{1h};

 private:
  std::deque<std::pair<Time, double>> recent_;
};

TEST(TokenBucket, ATenthMayComeAtOnceTheRestEvenly) {
  Taker taker(60);
  for (int i = 0; i < 6; ++i) taker.take(1);
  EXPECT_EQ(taker.now, Time(1h));
  taker.take(1);
  const auto pace = taker.now - Time(1h);
  EXPECT_GT(pace, 1s);
  EXPECT_LT(pace, 1200ms);
  taker.take(1);
  EXPECT_NEAR(std::chrono::duration<double>(taker.now - Time(1h)).count(),
              std::chrono::duration<double>(2 * pace).count(), 1e-3);
}

TEST(TokenBucket, NoMinuteHasMore) {
  for (const int limit : {1, 2, 3, 7, 10, 11, 60, 99, 600}) {
    Taker taker(limit);
    double most = 0;
    for (int i = 0; i < 10 * limit; ++i) {
      taker.take(1);
      most = std::max(most, taker.in_this_minute());
    }
    EXPECT_EQ(most, limit);
  }
}

TEST(TokenBucket, NorWhenItWasIdleForLong) {
  Taker taker(20);
  taker.take(1);
  taker.now += 10h;
  for (int i = 0; i < 30; ++i) {
    taker.take(1);
    EXPECT_LE(taker.in_this_minute(), 20);
  }
}

TEST(TokenBucket, NorInPiecesUpToATenth) {
  Random random(7);
  for (const int limit : {100, 1000, 90'000}) {
    Taker taker(limit);
    for (int i = 0; i < 2000; ++i) {
      taker.take(1 + static_cast<double>(random.below(static_cast<std::uint64_t>(limit / 10))));
      ASSERT_LE(taker.in_this_minute(), limit);
    }
  }
}

TEST(TokenBucket, ALargerPieceIsTakenOnCredit) {
  Random random(7);
  Taker taker(1000);
  for (int i = 0; i < 2000; ++i) {
    taker.take(1 + static_cast<double>(random.below(1500)));
    ASSERT_LE(taker.in_this_minute(), 1000 + 1500 - 100);
  }
}

TEST(TokenBucket, APieceAboveTheLimitHoldsThoseBehindForAMinute) {
  Taker taker(1000);
  taker.take(900);
  taker.bucket.correct(1'000'000);
  EXPECT_EQ(taker.now, Time(1h));
  taker.take(1);
  EXPECT_GT(taker.now, Time(1h) + 53s);
  EXPECT_LT(taker.now, Time(1h) + 61s);
}

TEST(TokenBucket, WhatWasNotUsedIsGivenBack) {
  Taker taker(1000);
  taker.take(100);
  taker.bucket.correct(-100);
  taker.take(100);
  EXPECT_EQ(taker.now, Time(1h));
  // More than was there it never gives.
  taker.bucket.correct(-5000);
  taker.take(100);
  taker.take(100);
  EXPECT_GT(taker.now, Time(1h));
}

TEST(TokenBucket, WhatWasUsedBesidesIsCharged) {
  Taker taker(1000);
  taker.take(1);
  taker.bucket.correct(499);
  taker.take(1);
  EXPECT_GT(taker.now, Time(1h) + 20s);
}

TEST(TokenBucket, ForNothingOnlyDebtMustBePaid) {
  Taker taker(1000);
  taker.take(100);
  taker.take(0);
  EXPECT_EQ(taker.now, Time(1h));
  taker.bucket.correct(10);
  taker.take(0);
  EXPECT_GT(taker.now, Time(1h));
}

}  // namespace
}  // namespace antiphon::pipeline
