// Threads that run what may block.

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <set>
#include <thread>

#include "chat/worker_threads.hpp"

namespace antiphon::test {
namespace {

using detail::WorkerThreads;

TEST(WorkerThreads, ThereAreAsManyAsRunAtTheSameTime) {
  WorkerThreads threads;
  constexpr int many = 20;
  std::promise<void> all_run;
  std::atomic<int> running{0};
  std::shared_future<void> go = all_run.get_future().share();
  std::vector<std::future<std::thread::id>> ended;
  for (int i = 0; i < many; ++i) {
    auto end = std::make_shared<std::promise<std::thread::id>>();
    ended.push_back(end->get_future());
    threads.run([&, go, end] {
      if (++running == many) all_run.set_value();
      go.wait();
      end->set_value(std::this_thread::get_id());
    });
  }
  std::set<std::thread::id> ids;
  for (auto& end : ended) ids.insert(end.get());
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(many));
}

TEST(WorkerThreads, TheEndWaitsForWhatRuns) {
  std::promise<void> begun;
  std::promise<void> go;
  bool ended = false;
  std::thread other;
  {
    WorkerThreads threads;
    threads.run([&] {
      begun.set_value();
      go.get_future().wait();
      ended = true;
    });
    begun.get_future().wait();
    other = std::thread([&] { go.set_value(); });
  }
  EXPECT_TRUE(ended);
  other.join();
}

TEST(WorkerThreads, OneOfThemMayLetGoOfThemAll) {
  auto threads = std::make_shared<WorkerThreads>();
  std::promise<void> let_go;
  // The thread may be left behind, where this fails.
  const auto gone = std::make_shared<std::promise<void>>();
  threads->run([held = threads, go = let_go.get_future().share(), gone]() mutable {
    go.wait();
    held.reset();
    gone->set_value();
  });
  threads.reset();
  let_go.set_value();
  ASSERT_EQ(gone->get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

}  // namespace
}  // namespace antiphon::test
