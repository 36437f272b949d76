#include "core/pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "core/keeps_memory.hpp"
#include "core/spare_text.hpp"

namespace antiphon::test {
namespace {

TEST(Pool, GivesWhatCameBackToTheNextOfItsSize) {
  void* const first = Pool::take(100);
  std::memset(first, 1, 100);
  Pool::give_back(first, 100);
  void* const other_size = Pool::take(300);
  EXPECT_NE(other_size, first);
  void* const second = Pool::take(90);
  EXPECT_EQ(second == first, keeps_memory) << "sizes are rounded to steps of 64";
  Pool::give_back(second, 90);
  Pool::give_back(other_size, 300);
}

TEST(Pool, TakesAnySize) {
  for (const std::size_t size : {0, 1, 63, 64, 65, 4095, 4096, 4097, 1'000'000}) {
    void* const memory = Pool::take(size);
    ASSERT_TRUE(memory);
    std::memset(memory, 0, size);
    Pool::give_back(memory, size);
  }
}

TEST(Pool, KeepsOnlySoMuch) {
  std::vector<void*> taken;
  for (int i = 0; i < 1000; ++i) taken.push_back(Pool::take(4096));
  for (void* const memory : taken) Pool::give_back(memory, 4096);
  // The last ones that it had room for come first, then new ones.
  std::size_t known = 0;
  std::vector<void*> again;
  for (int i = 0; i < 1000; ++i) {
    again.push_back(Pool::take(4096));
    if (i < 64) known += std::find(taken.begin(), taken.end(), again.back()) != taken.end() ? 1 : 0;
  }
  EXPECT_EQ(known > 32, keeps_memory);
  for (void* const memory : again) Pool::give_back(memory, 4096);
}

TEST(Pool, MayBeGivenBackOnAnotherThreadWhichEnds) {
  void* const memory = Pool::take(200);
  std::thread([memory] { Pool::give_back(memory, 200); }).join();
}

TEST(Pool, ServesContainersAndSharedPointers) {
  std::list<std::string, PoolAllocator<std::string>> list(3, "text");
  std::vector<int, PoolAllocator<int>> numbers;
  for (int i = 0; i < 5000; ++i) numbers.push_back(i);
  EXPECT_EQ(numbers.back(), 4999);
  const auto shared = make_pooled<std::string>(3, 'x');
  EXPECT_EQ(*shared + list.back(), "xxxtext");
}

TEST(SpareText, ComesBackEmptyWithItsMemory) {
  std::string text(1000, 'x');
  const char* const memory = text.data();
  SpareText::give_back(std::move(text));
  std::string next = SpareText::take();
  EXPECT_EQ(next, "");
  EXPECT_EQ(next.data() == memory, keeps_memory);
}

TEST(SpareText, WhatIsTooShortOrTooLongGoes) {
  while (SpareText::take().capacity() > 100) {
  }
  SpareText::give_back(std::string(20, 'x'));
  SpareText::give_back(std::string(100'000, 'x'));
  EXPECT_LT(SpareText::take().capacity(), 100U);
}

TEST(SpareText, KeepsOnlySoMany) {
  std::vector<std::string> texts(100, std::string(1000, 'x'));
  for (std::string& text : texts) SpareText::give_back(std::move(text));
  int kept = 0;
  while (SpareText::take().capacity() >= 1000) ++kept;
  EXPECT_EQ(kept, keeps_memory ? 32 : 0);
}

TEST(SpareText, WhatSomebodyKeepsHasItsOwnSize) {
  std::string large;
  large.reserve(8000);
  large = "some text that is longer than what a string holds by itself";
  const std::string kept = SpareText::keep(std::move(large));
  EXPECT_EQ(kept, "some text that is longer than what a string holds by itself");
  EXPECT_TRUE(!keeps_memory || kept.capacity() < 100);
  EXPECT_EQ(SpareText::keep(std::string(100'000, 'x')), std::string(100'000, 'x'));
}

TEST(SpareText, IsOfEachThread) {
  SpareText::give_back(std::string(1000, 'x'));
  std::thread([] {
    EXPECT_LT(SpareText::take().capacity(), 100U);
    SpareText::give_back(std::string(1000, 'x'));
  }).join();
  while (SpareText::take().capacity() >= 1000) {
  }
}

}  // namespace
}  // namespace antiphon::test
