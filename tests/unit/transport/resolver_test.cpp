#include "transport/resolver.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "support/virtual_scheduler.hpp"

namespace antiphon::transport {
namespace {

using namespace std::chrono_literals;

/// A virtual scheduler that other threads may post to.
class SharedScheduler : public test::VirtualScheduler {
 public:
  void post(std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    arrived_.push_back(std::move(task));
    changed_.notify_one();
  }
  /// Blocks until something was posted, then runs it.
  void run_posted() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !arrived_.empty(); });
    std::deque<std::function<void()>> tasks;
    tasks.swap(arrived_);
    lock.unlock();
    for (const auto& task : tasks) task();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> arrived_;
};

TEST(Resolver, CallsForTheSameNameShareOneLookUpAndItsAnswerIsKept) {
  SharedScheduler scheduler;
  std::atomic<int> look_ups = 0;
  std::latch go(1);
  Resolver resolver(scheduler, [&](const std::string&) -> std::vector<std::string> {
    ++look_ups;
    go.wait();
    return {"127.0.0.1", "::1"};
  });
  int answers = 0;
  const auto count = [&](const Result<Resolver::Addresses>& result) {
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, (Resolver::Addresses{"127.0.0.1", "::1"}));
    ++answers;
  };
  EXPECT_EQ(resolver.cached("host"), nullptr);
  resolver.resolve("host", count);
  const auto ticket = resolver.resolve("host", [](const auto&) { FAIL() << "given up"; });
  resolver.resolve("host", count);
  resolver.give_up("host", ticket);
  go.count_down();
  scheduler.run_posted();
  EXPECT_EQ(answers, 2);
  EXPECT_EQ(look_ups, 1);
  ASSERT_NE(resolver.cached("host"), nullptr);
  scheduler.run_for(61s);
  EXPECT_EQ(resolver.cached("host"), nullptr) << "answers are kept for a minute only";
}

TEST(Resolver, OneThatHangsHoldsNobodyUp) {
  SharedScheduler scheduler;
  std::latch go(1);
  Resolver resolver(scheduler, [&](const std::string& host) -> std::vector<std::string> {
    if (host == "slow") go.wait();
    return {"127.0.0.1"};
  });
  bool slow = false;
  bool fast = false;
  resolver.resolve("slow", [&](const auto&) { slow = true; });
  resolver.resolve("fast", [&](const auto&) { fast = true; });
  scheduler.run_posted();
  EXPECT_TRUE(fast);
  EXPECT_FALSE(slow);
  go.count_down();
  scheduler.run_posted();
  EXPECT_TRUE(slow);
}

TEST(Resolver, Beyond64ThatHangNamesWaitTheirTurnOrAreGivenUp) {
  SharedScheduler scheduler;
  std::mutex mutex;
  std::set<std::string> asked;
  std::latch go(1);
  Resolver resolver(scheduler, [&](const std::string& host) -> std::vector<std::string> {
    {
      const std::lock_guard lock(mutex);
      asked.insert(host);
    }
    go.wait();
    return {"127.0.0.1"};
  });
  int slow_answers = 0;
  const auto count_slow = [&](const Result<Resolver::Addresses>&) { ++slow_answers; };
  for (int i = 0; i < 64; ++i) resolver.resolve("slow" + std::to_string(i), count_slow);
  EXPECT_FALSE(resolver.is_queued("slow63"));
  EXPECT_FALSE(resolver.is_queued("nobody's"));

  const auto refuse = [](const Result<Resolver::Addresses>&) { FAIL() << "given up"; };
  int answers = 0;
  const auto count = [&](const Result<Resolver::Addresses>& result) { answers += static_cast<bool>(result); };
  const auto unwanted = resolver.resolve("unwanted", refuse);
  const auto shared = resolver.resolve("wanted", refuse);
  resolver.resolve("wanted", count);
  EXPECT_TRUE(resolver.is_queued("wanted"));
  resolver.give_up("wanted", shared);
  EXPECT_TRUE(resolver.is_queued("wanted")) << "somebody still waits";
  resolver.give_up("unwanted", unwanted);
  EXPECT_FALSE(resolver.is_queued("unwanted"));
  // One under way is joined, however many have given it up.
  resolver.give_up("slow0", resolver.resolve("slow0", refuse));
  resolver.resolve("slow0", count);

  go.count_down();
  // All of them: their threads use what this test holds.
  while (answers < 2 || slow_answers < 64) scheduler.run_posted();
  EXPECT_FALSE(resolver.is_queued("wanted"));
  EXPECT_EQ(resolver.cached("unwanted"), nullptr);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(asked.size(), 65U);
  EXPECT_FALSE(asked.contains("unwanted"));
}

TEST(Resolver, FailuresSayWhatFailed) {
  SharedScheduler scheduler;
  Resolver resolver(scheduler, [](const std::string& host) -> std::vector<std::string> {
    if (host == "throws") throw std::runtime_error("no network");
    return {};
  });
  for (const std::string host : {"throws", "empty"}) {
    std::string message;
    resolver.resolve(host, [&](const Result<Resolver::Addresses>& result) {
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().kind(), ErrorKind::dns);
      message = result.error().message();
    });
    scheduler.run_posted();
    EXPECT_NE(message.find(host), std::string::npos);
    EXPECT_EQ(resolver.cached(host), nullptr);
  }
}

std::string host_number(std::size_t number) { return "host" + std::to_string(number); }

TEST(Resolver, ForgetsTheOldestOfTooManyAnswers) {
  SharedScheduler scheduler;
  Resolver resolver(scheduler, [](const std::string&) -> std::vector<std::string> { return {"127.0.0.1"}; });
  for (std::size_t number = 0; number <= Resolver::most_kept; ++number) {
    resolver.resolve(host_number(number), [](const Result<Resolver::Addresses>& result) { EXPECT_TRUE(result); });
    scheduler.run_posted();
    scheduler.run_for(1ms);
  }
  EXPECT_EQ(resolver.cached(host_number(0)), nullptr);
  for (std::size_t number = 1; number <= Resolver::most_kept; ++number) {
    EXPECT_NE(resolver.cached(host_number(number)), nullptr) << number;
  }
}

TEST(Resolver, DoesNotForgetWhatIsLookedUp) {
  SharedScheduler scheduler;
  std::latch go(1);
  Resolver resolver(scheduler, [&](const std::string& host) -> std::vector<std::string> {
    if (host == "slow") go.wait();
    return {"127.0.0.1"};
  });
  bool slow = false;
  resolver.resolve("slow", [&](const auto&) { slow = true; });
  for (std::size_t number = 0; number <= Resolver::most_kept; ++number) {
    resolver.resolve(host_number(number), [](const auto&) {});
    scheduler.run_posted();
  }
  go.count_down();
  scheduler.run_posted();
  EXPECT_TRUE(slow);
}

TEST(Resolver, MayGoAwayWhileALookUpHangs) {
  SharedScheduler scheduler;
  const auto go = std::make_shared<std::latch>(1);
  const auto ended = std::make_shared<std::latch>(1);
  {
    // The thread of the look-up is the last to hold it.
    std::shared_ptr<void> until_the_end(nullptr, [ended](void*) { ended->count_down(); });
    Resolver resolver(scheduler, [go, until_the_end](const std::string&) -> std::vector<std::string> {
      go->wait();
      return {"127.0.0.1"};
    });
    resolver.resolve("host", [](const auto&) { FAIL() << "the resolver is gone"; });
  }
  go->count_down();
  ended->wait();
}

TEST(Resolver, AsksTheSystem) {
  SharedScheduler scheduler;
  Resolver resolver(scheduler, nullptr);
  Resolver::Addresses addresses;
  resolver.resolve("localhost", [&](const Result<Resolver::Addresses>& result) {
    ASSERT_TRUE(result);
    addresses = *result;
  });
  scheduler.run_posted();
  EXPECT_FALSE(addresses.empty());
  resolver.resolve("no-such-name.invalid", [&](const Result<Resolver::Addresses>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::dns);
    EXPECT_EQ(result.error().where(), "base_url");
  });
  scheduler.run_posted();
}

}  // namespace
}  // namespace antiphon::transport
