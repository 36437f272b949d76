// What was fetched is kept, shared, renewed early and dropped when it was refused.

#include "providers/credential_cache.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::credential_age;
using codec::CredentialAge;
using codec::Fetched;
using test::World;
using namespace std::chrono_literals;

using Cache = codec::CredentialCache<std::string>;

TEST(CredentialAge, FromGoodToSpent) {
  const std::chrono::system_clock::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  const auto age = [&](std::chrono::seconds left, std::chrono::seconds held) {
    return credential_age(now + left, now, held);
  };
  EXPECT_EQ(credential_age(std::nullopt, now, 1000h), CredentialAge::good);
  EXPECT_EQ(age(241s, 1h), CredentialAge::good);
  EXPECT_EQ(age(240s, 1h), CredentialAge::ageing);
  EXPECT_EQ(age(31s, 1h), CredentialAge::ageing);
  EXPECT_EQ(age(30s, 1h), CredentialAge::spent);
  EXPECT_EQ(age(-1h, 1h), CredentialAge::spent);
  // What just came is used, whatever it says of its end.
  EXPECT_EQ(age(-1h, 29s), CredentialAge::good);
  EXPECT_EQ(age(-1h, 30s), CredentialAge::spent);
  EXPECT_EQ(credential_age(std::chrono::system_clock::time_point::max(), now, 1h), CredentialAge::good);
}

/// A cache whose values are "1", "2", …, each fetched in a second and good for an hour.
class CredentialCacheTest : public testing::Test {
 protected:
  struct Got {
    std::optional<Result<std::string>> result;
    int calls = 0;
    std::chrono::steady_clock::time_point at;
    std::string value() const { return result && *result ? **result : std::string(); }
  };

  std::shared_ptr<Got> get() { return get_from(world); }
  std::shared_ptr<Got> get_from(World& where) {
    auto got = std::make_shared<Got>();
    cache->get(where.fetcher(), HttpRequest(), [&where, got](Result<std::string> result) {
      got->result = std::move(result);
      got->at = where.scheduler.steady_now();
      ++got->calls;
    });
    return got;
  }
  std::shared_ptr<Got> run() {
    auto got = get();
    world.scheduler.run();
    return got;
  }
  void pass(std::chrono::nanoseconds time) { world.scheduler.run_for(time); }

  void fetch(Fetcher& fetcher, Cache::Gotten gotten) {
    ++fetches;
    Scheduler& scheduler = fetcher.scheduler();
    scheduler.sleep_until(scheduler.steady_now() + 1s, [this, &scheduler, gotten, number = fetches] {
      if (failing) return gotten(Error(ErrorKind::connection, "no answer"));
      gotten(Fetched<std::string>{std::to_string(number), scheduler.wall_now() + lifetime});
    });
  }

  World world;
  int fetches = 0;
  bool failing = false;
  std::chrono::seconds lifetime = 1h;
  std::shared_ptr<Cache> cache = std::make_shared<Cache>(
      [this](Fetcher& fetcher, const HttpRequest&, Cache::Gotten gotten) { fetch(fetcher, std::move(gotten)); });
};

TEST_F(CredentialCacheTest, OneFetchForAllWhoWait) {
  std::vector<std::shared_ptr<Got>> all;
  for (int i = 0; i < 100; ++i) all.push_back(get());
  pass(500ms);
  for (int i = 0; i < 100; ++i) all.push_back(get());
  EXPECT_FALSE(cache->at_hand());
  world.scheduler.run();
  for (const auto& got : all) {
    EXPECT_EQ(got->value(), "1");
    EXPECT_EQ(got->calls, 1);
  }
  EXPECT_EQ(fetches, 1);
  EXPECT_TRUE(world.scheduler.idle()) << "a timer was left behind";
  const auto later = get();
  EXPECT_EQ(later->value(), "1") << "at once";
  EXPECT_EQ(cache->at_hand(), "1");
  EXPECT_EQ(fetches, 1);
}

TEST_F(CredentialCacheTest, RenewedBesideTheCallsBeforeTheEnd) {
  run();
  pass(55min);
  EXPECT_EQ(get()->value(), "1");
  EXPECT_EQ(fetches, 1);
  pass(2min);
  EXPECT_EQ(get()->value(), "1") << "nobody waits";
  EXPECT_EQ(get()->value(), "1");
  EXPECT_EQ(fetches, 2);
  pass(2s);
  EXPECT_EQ(get()->value(), "2");
  EXPECT_EQ(fetches, 2);
}

TEST_F(CredentialCacheTest, ARenewalThatFailsIsNotTriedAgainAtOnce) {
  run();
  pass(57min);
  failing = true;
  EXPECT_EQ(get()->value(), "1");
  pass(2s);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(get()->value(), "1");
  EXPECT_EQ(fetches, 2);
  pass(30s);
  EXPECT_EQ(get()->value(), "1");
  EXPECT_EQ(fetches, 3);
  failing = false;
  world.scheduler.run();
  pass(30s);
  EXPECT_EQ(get()->value(), "3") << "what came a second after `failing` was taken back";
}

TEST_F(CredentialCacheTest, NearTheEndCallsWait) {
  run();
  pass(59min + 40s);
  const auto got = get();
  EXPECT_EQ(got->calls, 0);
  world.scheduler.run();
  EXPECT_EQ(got->value(), "2");
}

TEST_F(CredentialCacheTest, WhatIsLeftIsBetterThanNothing) {
  run();
  pass(59min + 40s);
  failing = true;
  const auto before_the_end = get();
  pass(2s);
  EXPECT_EQ(before_the_end->value(), "1");
  pass(1min);
  const auto behind_the_end = run();
  ASSERT_TRUE(behind_the_end->result);
  ASSERT_FALSE(*behind_the_end->result);
  EXPECT_EQ(behind_the_end->result->error().kind(), ErrorKind::connection);
}

TEST_F(CredentialCacheTest, AFailureReachesAllWhoWaitAndTheNextTriesAgain) {
  failing = true;
  const auto first = get();
  const auto second = get();
  world.scheduler.run();
  for (const auto& got : {first, second}) {
    ASSERT_TRUE(got->result);
    ASSERT_FALSE(*got->result);
    EXPECT_EQ(got->result->error().message(), "no answer");
  }
  EXPECT_EQ(fetches, 1);
  failing = false;
  EXPECT_EQ(run()->value(), "2");
}

TEST_F(CredentialCacheTest, WhatCameWithItsEndBehindItIsUsedForAWhile) {
  lifetime = -10min;
  EXPECT_EQ(run()->value(), "1");
  pass(20s);
  EXPECT_EQ(get()->value(), "1");
  EXPECT_EQ(fetches, 1);
  pass(15s);
  EXPECT_EQ(run()->value(), "2");
}

TEST_F(CredentialCacheTest, WhatHasNoEndIsKept) {
  cache = std::make_shared<Cache>([this](Fetcher&, const HttpRequest&, Cache::Gotten gotten) {
    gotten(Fetched<std::string>{std::to_string(++fetches), std::nullopt});
  });
  EXPECT_EQ(get()->value(), "1") << "it came at once";
  pass(10'000h);
  EXPECT_EQ(get()->value(), "1");
}

TEST_F(CredentialCacheTest, WhatWasRefusedIsNotGivenAgain) {
  const auto authorized_at = run()->at;
  pass(1min);
  cache->refused(authorized_at);
  EXPECT_FALSE(cache->at_hand());
  EXPECT_EQ(run()->value(), "2");
  // Another call that was sent with "1" hears of its refusal late.
  cache->refused(authorized_at);
  EXPECT_EQ(get()->value(), "2");
  EXPECT_EQ(fetches, 2);
}

TEST_F(CredentialCacheTest, AFetchThatThrowsIsAFailure) {
  cache = std::make_shared<Cache>(
      [](Fetcher&, const HttpRequest&, Cache::Gotten) { throw std::runtime_error("vault is down"); });
  const auto got = run();
  ASSERT_FALSE(*got->result);
  EXPECT_EQ(got->result->error().kind(), ErrorKind::internal);
  EXPECT_EQ(got->result->error().message(), "getting credentials threw: vault is down");
  cache = std::make_shared<Cache>(
      [](Fetcher&, const HttpRequest&, Cache::Gotten) { throw Error(ErrorKind::permission, "no").where("vault"); });
  EXPECT_EQ(run()->result->error().where(), "vault");
  EXPECT_TRUE(world.scheduler.idle());
}

TEST_F(CredentialCacheTest, AFetchThatNeverEndsIsATimeout) {
  std::vector<Cache::Gotten> kept;
  cache = std::make_shared<Cache>(
      [&kept](Fetcher&, const HttpRequest&, Cache::Gotten gotten) { kept.push_back(std::move(gotten)); });
  const auto started = world.scheduler.steady_now();
  const auto got = run();
  ASSERT_FALSE(*got->result);
  EXPECT_EQ(got->result->error().kind(), ErrorKind::timeout);
  EXPECT_EQ(got->at - started, 1min);
  const auto next = get();
  EXPECT_EQ(kept.size(), 2u);
  kept[1](Fetched<std::string>{"late", std::nullopt});
  EXPECT_EQ(next->value(), "late");
  kept[1](Fetched<std::string>{"twice", std::nullopt});
  kept[0](Fetched<std::string>{"far too late", std::nullopt});
  EXPECT_EQ(get()->value(), "late");
  EXPECT_EQ(next->calls, 1);
  EXPECT_EQ(got->calls, 1);
}

TEST_F(CredentialCacheTest, EnginesShareWhatWasFetchedAndNotTheFetch) {
  World other;
  const auto here = get();
  const auto there = get_from(other);
  EXPECT_EQ(fetches, 2);
  other.scheduler.run();
  EXPECT_EQ(there->value(), "2");
  EXPECT_EQ(here->calls, 0) << "it belongs to an engine that stands still";
  EXPECT_EQ(get()->value(), "2");
  world.scheduler.run();
  EXPECT_EQ(here->value(), "1");
  EXPECT_EQ(get_from(other)->value(), "1");
}

TEST_F(CredentialCacheTest, AnEngineThatIsGoneTakesItsFetchAlong) {
  std::optional<World> gone(std::in_place);
  const auto lost = get_from(*gone);
  gone.emplace();
  gone->scheduler.run_for(2min);
  const auto got = get_from(*gone);
  EXPECT_EQ(fetches, 2) << "at the same address";
  gone->scheduler.run();
  EXPECT_EQ(got->value(), "2");
  EXPECT_EQ(lost->calls, 0);
}

}  // namespace
}  // namespace antiphon
