#include "pipeline/endpoints.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

using pipeline::Endpoint;
using pipeline::Endpoints;

constexpr Endpoints::Time endpoints_start{1h};

class EndpointsTest : public testing::Test {
 protected:
  /// Without anybody who uses it from then on.
  std::weak_ptr<Endpoint> named(const std::string& name) { return endpoints.find({name}).endpoint; }

  VirtualScheduler scheduler;
  Endpoints endpoints;
};

TEST_F(EndpointsTest, OneForEachName) {
  const auto one = endpoints.find({"a"}).endpoint;
  EXPECT_EQ(endpoints.find({"a"}).endpoint, one);
  EXPECT_NE(endpoints.find({"b"}).endpoint, one);
}

TEST_F(EndpointsTest, ItOutlivesThoseWhoUseIt) {
  const auto first = named("a");
  endpoints.sweep(endpoints_start);
  endpoints.sweep(endpoints_start + Endpoints::kept - 1ns);
  EXPECT_EQ(endpoints.find({"a"}).endpoint, first.lock());
  // It was used once more, and so the time begins anew.
  endpoints.sweep(endpoints_start + Endpoints::kept);
  endpoints.sweep(endpoints_start + 2 * Endpoints::kept - 1ns);
  EXPECT_FALSE(first.expired());
  endpoints.sweep(endpoints_start + 2 * Endpoints::kept);
  EXPECT_TRUE(first.expired());
  EXPECT_EQ(endpoints.size(), 0U);
}

TEST_F(EndpointsTest, WhatIsUsedStays) {
  const auto used = endpoints.find({"a"}).endpoint;
  for (int i = 0; i < 5; ++i) endpoints.sweep(endpoints_start + i * 1h);
  EXPECT_EQ(endpoints.find({"a"}).endpoint, used);
}

TEST_F(EndpointsTest, APauseAndARestAreNotForgotten) {
  named("paused").lock()->close_gate(scheduler, 30min);
  named("down").lock()->breaker.failed(scheduler.steady_now(), nullptr,
                                       CircuitBreakerConfig().failures(1).rest(20min).max_rest(1h));
  const auto sweep_after = [&](std::chrono::minutes time) {
    scheduler.run_for(time);
    endpoints.sweep(scheduler.steady_now());
    return endpoints.size();
  };
  EXPECT_EQ(sweep_after(0min), 2U);
  EXPECT_EQ(sweep_after(19min), 2U);
  EXPECT_EQ(sweep_after(1min), 1U);
  EXPECT_EQ(sweep_after(9min), 1U);
  EXPECT_EQ(sweep_after(1min), 0U);
}

TEST_F(EndpointsTest, NotMoreThanSoManyAreKeptForNobody) {
  std::vector<std::weak_ptr<Endpoint>> all;
  for (std::size_t i = 0; i < Endpoints::most_unused + 100; ++i) {
    all.push_back(named("key " + std::to_string(i)));
    all.back().lock()->close_gate(scheduler, 1h);
    endpoints.sweep(endpoints_start + i * 1ms);
  }
  EXPECT_EQ(endpoints.size(), Endpoints::most_unused);
  EXPECT_TRUE(all[99].expired()) << "those go first that are unused for longest";
  EXPECT_FALSE(all[100].expired());
}

TEST_F(EndpointsTest, AnotherObjectAtTheSameAddressIsAnother) {
  auto object = std::make_shared<int>(1);
  const std::weak_ptr<Endpoint> of_the_first = endpoints.find({"model 7", object}).endpoint;
  EXPECT_EQ(endpoints.find({"model 7", object}).endpoint, of_the_first.lock());
  object.reset();
  const auto of_the_second = endpoints.find({"model 7", std::make_shared<int>(2)}).endpoint;
  EXPECT_TRUE(of_the_first.expired());
  ASSERT_TRUE(of_the_second);
}

TEST_F(EndpointsTest, OfAnObjectThatIsGoneNothingIsKept) {
  endpoints.find({"model 7", std::make_shared<int>(1)});
  endpoints.sweep(endpoints_start);
  EXPECT_EQ(endpoints.size(), 0U);
}

TEST_F(EndpointsTest, ASweepIsAskedForOnce) {
  EXPECT_TRUE(endpoints.find({"a"}).sweep_is_due);
  EXPECT_FALSE(endpoints.find({"b"}).sweep_is_due);
  endpoints.sweep(endpoints_start);
  EXPECT_FALSE(endpoints.find({"a"}).sweep_is_due) << "nothing has come";
  EXPECT_TRUE(endpoints.find({"c"}).sweep_is_due);
}

// As users see it.

TEST(ProvidersOfOneCall, ObeyThePauseThatAnEarlierOneMet) {
  VirtualEngine engine;
  engine.serve("a", {refusing(429, {{"retry-after", "20"}}), good("x")});
  const auto config = [&] { return engine.config("a").retry_config(RetryConfig().max_attempts(1)); };
  EXPECT_EQ(engine.run_chat(engine.provider(config()))->error().http_status(), 429);
  const auto second = engine.run_chat(engine.provider(config()));
  EXPECT_TRUE(*second->result);
  EXPECT_EQ(second->took, 20s);
}

TEST(ProvidersOfOneCall, WithOneCallbackForTheirKeyShareToo) {
  VirtualEngine engine;
  engine.serve("a", {refusing(429, {{"retry-after", "20"}}), good("x")});
  const auto with = [&](const ApiKey& key) {
    return engine.provider(engine.config("a").api_key(key).retry_config(RetryConfig().max_attempts(1)));
  };
  const ApiKey one([] { return std::string("k"); });
  const ApiKey other([] { return std::string("k"); });
  EXPECT_EQ(engine.run_chat(with(one))->error().http_status(), 429);
  EXPECT_EQ(engine.run_chat(with(other))->took, 0s) << "it may give another key";
  const auto second = engine.run_chat(with(one));
  EXPECT_TRUE(*second->result);
  EXPECT_EQ(second->took, 20s);
}

TEST(ProvidersOfOneCall, KeepTheirLimitsTogether) {
  VirtualEngine engine;
  engine.serve("a", {good("x")});
  const Limits limits = Limits().requests_per_minute(30);
  for (int i = 0; i < 60; ++i) engine.run_chat(engine.provider(engine.config("a").limits(limits)));
  ASSERT_EQ(engine.sent.size(), 60U);
  for (std::size_t i = 0; i + 30 < engine.sent.size(); ++i) EXPECT_GE(engine.sent[i + 30].at - engine.sent[i].at, 60s);
}

TEST(ProvidersOfOneCall, OpenTheBreakerTogether) {
  VirtualEngine engine;
  engine.serve("a", {refusing(500)});
  engine.serve("b", {good("from b")});
  for (int i = 0; i < 7; ++i) {
    const Provider first = engine.provider(engine.config("a").retry_config(RetryConfig().max_attempts(1)));
    engine.run_chat(FallbackProvider(first, engine.provider("b")));
  }
  EXPECT_EQ(engine.sent_to("a"), 5U);
}

TEST(ProvidersOfOneCall, AreForgottenInTheEnd) {
  VirtualEngine engine;
  engine.serve("a", {good("x")});
  std::weak_ptr<Endpoint> seen;
  {
    const Provider provider = engine.provider("a");
    engine.run_chat(provider);
    seen = provider.core()->links[0].endpoint;
  }
  // Others come, and with them somebody looks.
  for (const char* host : {"b", "c"}) {
    EXPECT_FALSE(seen.expired());
    engine.provider(host);
    engine.scheduler.run_for(Endpoints::kept);
  }
  engine.provider("d");
  engine.scheduler.run();
  EXPECT_TRUE(seen.expired());
}

/// Says that it can do no more for a while.
class ExhaustedModel : public Model {
 public:
  void answer(const Request&, ModelAnswer answer) override {
    answer.fail(Error(ErrorKind::rate_limited, "enough").retry_after(90s));
  }
};

TEST(ProvidersOfOneCall, WithOneModelOfYoursShareToo) {
  VirtualEngine engine;
  const auto turned_away = [&](const std::shared_ptr<Model>& model) {
    const ModelConfig config = ModelConfig("mine", ProviderId("own")).retry_config(RetryConfig().max_attempts(1));
    const auto call = engine.run_chat(create_provider(model, config, ProviderOptions().engine(*engine.engine)));
    return call->attempts().empty();
  };
  auto model = std::make_shared<ExhaustedModel>();
  EXPECT_FALSE(turned_away(model));
  EXPECT_TRUE(turned_away(model)) << "a pause of 90 s is not worth the wait";
  EXPECT_FALSE(turned_away(std::make_shared<ExhaustedModel>()));
  model.reset();
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(turned_away(std::make_shared<ExhaustedModel>())) << "wherever it lies";
}

}  // namespace
}  // namespace antiphon::test
