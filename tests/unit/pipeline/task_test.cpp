#include "pipeline/task.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace antiphon::pipeline {
namespace {

Task<int> seven() { co_return 7; }

Task<int> twice(Task<int> inner) {
  const int value = co_await inner;
  co_return 2 * value;
}

Task<int> throwing() {
  throw std::runtime_error("oops");
  co_return 0;
}

Task<std::string> catching() {
  try {
    co_await throwing();
  } catch (const std::runtime_error& error) {
    co_return error.what();
  }
  co_return "nothing";
}

Task<int> waiting(Event& event) {
  co_await event;
  co_return 1;
}

/// Gives the event by reference, as members do.
struct Holder {
  Event& over() { return event; }
  Event event;
};

Task<int> waiting_for(Holder& holder) {
  co_await holder.over();
  co_return 1;
}

template <class T>
std::shared_ptr<std::optional<T>> start(Task<T> task) {
  auto result = std::make_shared<std::optional<T>>();
  std::function<void(T)> done = [result](T value) { *result = std::move(value); };
  spawn(std::move(task), std::move(done));
  return result;
}

TEST(Task, StartsWhenItIsAwaitedAndGivesItsValue) {
  bool ran = false;
  const auto noting = [&]() -> Task<int> {
    ran = true;
    co_return 1;
  };
  Task<int> task = noting();
  EXPECT_FALSE(ran);
  EXPECT_EQ(*start(std::move(task)), 1);
  EXPECT_TRUE(ran);
  EXPECT_EQ(*start(twice(seven())), 14);
}

TEST(Task, WhatItThrowsIsThrownWhereItIsAwaited) { EXPECT_EQ(*start(catching()), "oops"); }

TEST(Task, GivesValuesThatOnlyMove) {
  const auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  const auto result = start(make());
  EXPECT_EQ(***result, 3);
}

TEST(Event, WhoWaitsGoesOnFromInsideSet) {
  Event event;
  const auto result = start(waiting(event));
  EXPECT_FALSE(*result);
  event.set();
  EXPECT_EQ(*result, 1);
}

TEST(Event, WhatHasHappenedIsNotWaitedFor) {
  Event event;
  event.set();
  EXPECT_TRUE(event.is_set());
  EXPECT_EQ(*start(waiting(event)), 1);
}

TEST(Event, GivenByReferenceIsTheSameEvent) {
  // g++ 12 awaits a copy of what a function returns by reference.
  Holder holder;
  const auto result = start(waiting_for(holder));
  holder.event.set();
  EXPECT_EQ(*result, 1);
}

}  // namespace
}  // namespace antiphon::pipeline
