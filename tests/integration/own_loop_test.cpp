// The loop that an engine's thread runs.

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "transport/own_loop.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;
using transport::OwnLoop;

struct OwnLoopTest : testing::Test {
  /// Runs the loop for that long.
  void run(std::chrono::milliseconds time = 20ms) {
    loop.post([this, time] { loop.sleep_until(loop.steady_now() + time, [this] { loop.stop(); }); });
    loop.run();
  }

  OwnLoop loop;
};

TEST_F(OwnLoopTest, TasksRunInTheOrderPostedAndAllBeforeTheEnd) {
  std::vector<int> order;
  loop.post([&] {
    EXPECT_TRUE(loop.on_thread());
    order.push_back(1);
    loop.stop();
    loop.post([&] {
      order.push_back(3);
      loop.post([&] { order.push_back(4); });
    });
  });
  loop.post([&] { order.push_back(2); });
  EXPECT_FALSE(loop.on_thread());
  loop.run();
  EXPECT_EQ(order, (std::vector{1, 2, 3, 4}));
}

TEST_F(OwnLoopTest, ATaskFromAnotherThreadWakesIt) {
  std::thread other([&] {
    // One at a time: each finds the loop asleep, or about to be.
    for (int i = 0; i < 1000; ++i) {
      std::promise<void> ran;
      loop.post([&] { ran.set_value(); });
      ran.get_future().wait();
    }
    loop.stop();
  });
  loop.run();
  other.join();
}

TEST_F(OwnLoopTest, TimersFireInTheirOrderNeverEarlyAndNotWhenTakenBack) {
  std::vector<int> order;
  loop.post([&] {
    const auto now = loop.steady_now();
    const auto note = [&, now](int number, std::chrono::milliseconds after) {
      return loop.sleep_until(now + after, [&, now, number, after] {
        EXPECT_GE(loop.steady_now(), now + after);
        order.push_back(number);
      });
    };
    note(3, 4ms);
    const auto taken_back = note(9, 3ms);
    note(2, 2ms);
    note(1, -5ms);
    note(0, std::chrono::duration_cast<std::chrono::milliseconds>(-now.time_since_epoch()));
    loop.cancel(taken_back);
  });
  run();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
}

TEST_F(OwnLoopTest, WhatIsLeftAtItsEndGoesWithoutBeingRun) {
  const auto witness = std::make_shared<int>();
  {
    OwnLoop unused;
    unused.post([witness] { ADD_FAILURE(); });
    unused.sleep_until(unused.steady_now(), [witness] { ADD_FAILURE(); });
    EXPECT_EQ(witness.use_count(), 3);
  }
  EXPECT_EQ(witness.use_count(), 1);
}

}  // namespace
}  // namespace antiphon::test
