#include <antiphon/timer_queue.hpp>

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
const TimerQueue::Time zero{};

TEST(TimerQueue, RunsInOrderOfTimeThenOfSetting) {
  TimerQueue queue;
  std::vector<int> ran;
  queue.add(zero + 3s, [&] { ran.push_back(3); });
  queue.add(zero + 1s, [&] { ran.push_back(1); });
  queue.add(zero + 1s, [&] { ran.push_back(2); });
  EXPECT_EQ(queue.next(), zero + 1s);
  EXPECT_FALSE(queue.take_due(zero));
  while (auto task = queue.take_due(zero + 3s)) (*task)();
  EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(queue.empty());
}

TEST(TimerQueue, ATimerTakenBackNeverRuns) {
  TimerQueue queue;
  bool ran = false;
  const auto id = queue.add(zero + 1s, [&] { ran = true; });
  queue.cancel(id);
  queue.cancel(id);
  EXPECT_FALSE(queue.take_due(zero + 2s));
  // The place is used again, and the old name does not reach the new timer.
  queue.add(zero + 1s, [&] { ran = true; });
  queue.cancel(id);
  auto task = queue.take_due(zero + 2s);
  ASSERT_TRUE(task);
  (*task)();
  EXPECT_TRUE(ran);
}

TEST(TimerQueue, AgreesWithASortedSetOnRandomWork) {
  std::mt19937 random(7);
  TimerQueue queue;
  std::set<std::pair<int, TimerQueue::Id>> model;
  std::vector<std::pair<int, TimerQueue::Id>> known;
  for (int step = 0; step < 20'000; ++step) {
    const auto choice = random() % 3;
    if (choice == 0 || known.empty()) {
      const int time = static_cast<int>(random() % 1000);
      const auto id = queue.add(zero + std::chrono::seconds(time), [] {});
      known.emplace_back(time, id);
      model.emplace(time, id);
    } else if (choice == 1) {
      const std::size_t which = random() % known.size();
      queue.cancel(known[which].second);
      model.erase(known[which]);
      known.erase(known.begin() + static_cast<std::ptrdiff_t>(which));
    } else if (!model.empty()) {
      const int time = model.begin()->first;
      ASSERT_EQ(queue.next(), zero + std::chrono::seconds(time));
      std::vector<std::pair<int, TimerQueue::Id>> due;
      while (queue.take_due(zero + std::chrono::seconds(time))) due.emplace_back();
      const auto expected = std::erase_if(known, [&](const auto& timer) { return timer.first == time; });
      ASSERT_EQ(due.size(), expected);
      std::erase_if(model, [&](const auto& timer) { return timer.first == time; });
    }
    ASSERT_EQ(queue.empty(), model.empty());
  }
}

}  // namespace
}  // namespace antiphon
