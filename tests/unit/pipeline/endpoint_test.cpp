#include "pipeline/endpoint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <vector>

#include "support/virtual_scheduler.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;

class EndpointTest : public testing::Test {
 protected:
  Endpoint::Permit permit(Turnstile& turnstile, double tokens = 0) {
    EXPECT_TRUE(turnstile.try_enter(scheduler.steady_now(), tokens));
    return Endpoint::Permit(endpoint, turnstile, scheduler, scheduler.steady_now(), tokens);
  }

  test::VirtualScheduler scheduler;
  std::shared_ptr<Endpoint> endpoint = std::make_shared<Endpoint>();
};

TEST_F(EndpointTest, TheSameLimitsAreOneAllowance) {
  Turnstile& one = endpoint->turnstile(Limits().max_concurrent(1));
  EXPECT_EQ(&endpoint->turnstile(Limits().max_concurrent(1)), &one);
  EXPECT_NE(&endpoint->turnstile(Limits().max_concurrent(2)), &one);
  EXPECT_EQ(&endpoint->turnstile(Limits().max_concurrent(1)), &one);
}

TEST_F(EndpointTest, LimitsThatChangeWithEveryCallAreForgotten) {
  Turnstile& busy = endpoint->turnstile(Limits().max_concurrent(1));
  const Endpoint::Permit held = permit(busy);
  Turnstile& idle = endpoint->turnstile(Limits().max_concurrent(2));
  EXPECT_TRUE(idle.is_empty());
  for (int i = 3; i < 1000; ++i) endpoint->turnstile(Limits().max_concurrent(i));
  EXPECT_EQ(&endpoint->turnstile(Limits().max_concurrent(1)), &busy) << "somebody is inside";
  EXPECT_EQ(endpoint->turnstiles(), 64U);
}

TEST_F(EndpointTest, APermitIsGivenBackWhenItGoes) {
  Turnstile& turnstile = endpoint->turnstile(Limits().max_concurrent(1));
  {
    const Endpoint::Permit one = permit(turnstile);
    EXPECT_EQ(turnstile.inside(), 1U);
    EXPECT_EQ(endpoint->gate().inside(), 1U);
  }
  EXPECT_EQ(turnstile.inside(), 0U);
  EXPECT_EQ(endpoint->gate().inside(), 0U);
}

TEST_F(EndpointTest, AMovedPermitIsGivenBackOnce) {
  Turnstile& turnstile = endpoint->turnstile(Limits().max_concurrent(2));
  Endpoint::Permit one = permit(turnstile);
  const Endpoint::Permit other = permit(turnstile);
  { const Endpoint::Permit moved = std::move(one); }
  EXPECT_EQ(turnstile.inside(), 1U);
}

TEST_F(EndpointTest, WhatAPermitUsedIsSettled) {
  Turnstile& turnstile = endpoint->turnstile(Limits().tokens_per_minute(600));
  permit(turnstile, 60).used(10);
  EXPECT_TRUE(turnstile.try_enter(scheduler.steady_now(), 50));
  EXPECT_FALSE(turnstile.try_enter(scheduler.steady_now(), 1));
}

TEST_F(EndpointTest, WhatIsOnlyKnownInPartIsNeverLessThanWasThought) {
  Turnstile& turnstile = endpoint->turnstile(Limits().tokens_per_minute(600));
  permit(turnstile, 50).used_at_least(10);
  EXPECT_TRUE(turnstile.try_enter(scheduler.steady_now(), 10));
  EXPECT_FALSE(turnstile.try_enter(scheduler.steady_now(), 1));

  Turnstile& other = endpoint->turnstile(Limits().tokens_per_minute(601));
  permit(other, 10).used_at_least(60);
  EXPECT_FALSE(other.try_enter(scheduler.steady_now(), 1));
}

TEST_F(EndpointTest, AnUnusedPermitCostsNothing) {
  Turnstile& turnstile = endpoint->turnstile(Limits().requests_per_minute(1));
  permit(turnstile).unused();
  EXPECT_TRUE(turnstile.try_enter(scheduler.steady_now(), 0));
}

TEST_F(EndpointTest, OneGateForAllLimits) {
  endpoint->close_gate(scheduler, 5s);
  EXPECT_FALSE(endpoint->turnstile(Limits()).try_enter(scheduler.steady_now(), 0));
  EXPECT_FALSE(endpoint->turnstile(Limits().max_concurrent(7)).try_enter(scheduler.steady_now(), 0));
}

TEST_F(EndpointTest, NoPauseIsLongerThanAnHour) {
  endpoint->close_gate(scheduler, 24h * 365);
  EXPECT_EQ(endpoint->gate().closed_until(), scheduler.steady_now() + 1h);
}

TEST_F(EndpointTest, APauseOfNothingIsNone) {
  endpoint->close_gate(scheduler, 0s);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(endpoint->turnstile(Limits()).try_enter(scheduler.steady_now(), 0));
}

TEST_F(EndpointTest, WhileTheGateLetsFewPassNoLimitsStarve) {
  const Limits a = Limits().max_concurrent(100);
  const Limits b = Limits().max_concurrent(200);
  endpoint->close_gate(scheduler, 1s);
  std::deque<CancelScope> scopes;
  std::vector<char> order;
  const auto come = [&](const Limits& limits, char name) {
    std::function<void(Turnstile::Turn)> passed = [&, name](Turnstile::Turn) { order.push_back(name); };
    Turnstile& turnstile = endpoint->turnstile(limits);
    spawn(turnstile.enter(scheduler, scopes.emplace_back(), 0, Turnstile::Patience{1h}), std::move(passed));
  };
  for (int i = 0; i < 10; ++i) come(a, 'a');
  for (int i = 0; i < 10; ++i) come(b, 'b');
  scheduler.run();
  while (order.size() < 20) {
    const std::size_t before = order.size();
    // Each leaves as soon as it is in.
    Endpoint::Permit(endpoint, endpoint->turnstile(order.back() == 'a' ? a : b), scheduler, scheduler.steady_now(), 0);
    scheduler.run();
    ASSERT_GT(order.size(), before);
  }
  EXPECT_NE(std::find(order.begin(), order.begin() + 5, 'b'), order.begin() + 5);
}

TEST_F(EndpointTest, ContentIsASuccessOfGateAndBreaker) {
  endpoint->close_gate(scheduler, 1s);
  endpoint->breaker.failed(scheduler.steady_now(), nullptr, CircuitBreakerConfig().failures(1));
  scheduler.run_for(2s);
  endpoint->content_came(scheduler, scheduler.steady_now());
  EXPECT_EQ(endpoint->breaker.state(scheduler.steady_now()), CircuitBreaker::State::closed);
  Turnstile& turnstile = endpoint->turnstile(Limits());
  const Endpoint::Permit one = permit(turnstile);
  const Endpoint::Permit two = permit(turnstile);
  EXPECT_FALSE(turnstile.try_enter(scheduler.steady_now(), 0));
}

}  // namespace
}  // namespace antiphon::pipeline
