#include "pipeline/fallback_order.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/endpoint.hpp"
#include "support/virtual_engine.hpp"

namespace antiphon::pipeline {
namespace {

using namespace std::chrono_literals;
using Order = LinkOrder;

class FallbackOrderTest : public testing::Test {
 protected:
  /// As many links as rules.
  void given(const FallbackConfig& config) {
    const FallbackProvider provider(config, ProviderOptions().engine(*engine.engine));
    links = provider.core()->links;
  }
  FallbackLink link(const std::string& host) { return FallbackLink(engine.provider(host)); }
  FallbackLink link(const std::string& host, const std::string& model, const char* provider = "openai") {
    return FallbackLink(engine.provider(ModelConfig(model, provider).base_url("http://" + host + "/v1").api_key("k")));
  }
  Order order(FallbackStrategy strategy, bool streamed = true) {
    return fallback_order(links, strategy, streamed, when, random);
  }
  void took(std::size_t index, std::chrono::nanoseconds time, bool streamed = true) {
    links[index].endpoint->latencies.of("m-1", streamed).add(time);
  }

  test::VirtualEngine engine;
  std::vector<Link> links;
  Random random{3};
  std::chrono::system_clock::time_point when = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
};

TEST_F(FallbackOrderTest, AsTheyWereGiven) {
  given(FallbackConfig().link(link("a")).link(link("b")).link(link("c")));
  EXPECT_EQ(order(FallbackStrategy::ordered), (Order{0, 1, 2}));
}

TEST_F(FallbackOrderTest, WeightedDrawsTheFirst) {
  FallbackLink heavy = link("b");
  heavy.weight(3);
  FallbackLink last = link("c");
  last.weight(0);
  given(FallbackConfig().link(link("a")).link(heavy).link(last).strategy(FallbackStrategy::weighted));
  std::map<Order, int> seen;
  for (int i = 0; i < 4000; ++i) ++seen[order(FallbackStrategy::weighted)];
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_NEAR((seen[Order{0, 1, 2}]), 1000, 100);
  EXPECT_NEAR((seen[Order{1, 0, 2}]), 3000, 100);
}

TEST_F(FallbackOrderTest, TheFastestFirstAndThoseNotTriedYetBeforeIt) {
  given(FallbackConfig().link(link("a")).link(link("b")).link(link("c")));
  took(0, 300ms);
  took(1, 100ms);
  EXPECT_EQ(order(FallbackStrategy::lowest_latency), (Order{2, 1, 0}));
  took(2, 200ms);
  EXPECT_EQ(order(FallbackStrategy::lowest_latency), (Order{1, 2, 0}));
  // Whole answers are counted apart.
  took(0, 1ms, false);
  EXPECT_EQ(order(FallbackStrategy::lowest_latency, true), (Order{1, 2, 0}));
  EXPECT_EQ(order(FallbackStrategy::lowest_latency, false), (Order{1, 2, 0}));
}

TEST_F(FallbackOrderTest, WhoIsFastestIsMeasuredWithEveryAnswer) {
  const auto stream_after = [](std::chrono::nanoseconds first, std::chrono::nanoseconds rest) {
    return test::Script()
        .connect()
        .head(200, {{"content-type", "text/event-stream"}})
        .bytes(test::chunk_event("x"), first)
        .bytes(test::finish_events(), rest)
        .end();
  };
  FallbackConfig config;
  config.link(link("slow")).link(link("fast")).strategy(FallbackStrategy::lowest_latency);
  const FallbackProvider streamed(config);
  engine.serve("slow", {stream_after(3s, 0s)});
  engine.serve("fast", {stream_after(1s, 9s)});
  for (int i = 0; i < 6; ++i) engine.run_stream(streamed);
  EXPECT_EQ(engine.sent_to("slow"), 1U) << "once, to find out";
  EXPECT_EQ(engine.sent_to("fast"), 5U);

  engine.sent.clear();
  engine.serve("slow", {test::good("x", 3s)});
  engine.serve("fast", {test::good("x", 1s)});
  for (int i = 0; i < 6; ++i) engine.run_chat(streamed);
  EXPECT_EQ(engine.sent_to("slow"), 1U);
  EXPECT_EQ(engine.sent_to("fast"), 5U);
  // It has become slow itself: the average follows.
  engine.serve("fast", {test::good("x", 20s)});
  for (int i = 0; i < 2; ++i) engine.run_chat(streamed);
  EXPECT_EQ(engine.sent.back().host, "slow");
}

TEST_F(FallbackOrderTest, TheCheapestFirstAndThoseWithoutAPriceLast) {
  FallbackLink dear = link("b");
  dear.price(3, 15);
  FallbackLink cheap = link("c");
  cheap.price(0.15, 0.6);
  given(FallbackConfig().link(link("a")).link(dear).link(cheap));
  EXPECT_EQ(order(FallbackStrategy::cheapest), (Order{2, 1, 0}));
}

TEST_F(FallbackOrderTest, TheCatalogueKnowsThePricesOfLinksWithoutOne) {
  // A million in and a million out: gpt-4o 12.50, gpt-4o-mini 0.75, claude-haiku-4-5 6, m-1 nobody knows.
  given(FallbackConfig()
            .link(link("a"))
            .link(link("b", "gpt-4o"))
            .link(link("c", "claude-haiku-4-5", "anthropic"))
            .link(link("d", "gpt-4o-mini-2024-07-18")));
  EXPECT_EQ(order(FallbackStrategy::cheapest), (Order{3, 2, 1, 0}));
  EXPECT_EQ(order(FallbackStrategy::ordered), (Order{0, 1, 2, 3}));
}

TEST_F(FallbackOrderTest, ItsOwnPriceWinsOverTheCatalogues) {
  FallbackLink dear = link("a", "gpt-4o-mini");
  dear.price(20, 20);
  FallbackLink free = link("b", "gpt-4o");
  free.price(0, 0);
  given(FallbackConfig().link(dear).link(link("c", "claude-haiku-4-5", "anthropic")).link(free));
  EXPECT_EQ(order(FallbackStrategy::cheapest), (Order{2, 1, 0}));
}

TEST_F(FallbackOrderTest, AnotherSellersPriceIsNotKnown) {
  given(FallbackConfig().link(link("a", "openai/gpt-4o-mini", "openrouter")).link(link("b", "gpt-4o")));
  EXPECT_EQ(order(FallbackStrategy::cheapest), (Order{1, 0}));
}

TEST_F(FallbackOrderTest, PricesAreThoseOfTheDay) {
  // gemini-4-argon is 12 until 2026-11-30 and 24 from then on; claude-sonnet-4-5 is 18.
  given(FallbackConfig().link(link("a", "claude-sonnet-4-5", "anthropic")).link(link("b", "gemini-4-argon", "gemini")));
  EXPECT_EQ(order(FallbackStrategy::cheapest), (Order{1, 0}));
  when = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1);
  EXPECT_EQ(order(FallbackStrategy::cheapest), (Order{0, 1}));
}

TEST_F(FallbackOrderTest, OfVectorsThePriceOfTextsIsAll) {
  // 0.13 and 0.02 for a million tokens; there is no answer to pay for.
  given(FallbackConfig().link(link("a", "text-embedding-3-large")).link(link("b", "text-embedding-3-small")));
  EXPECT_EQ(order(FallbackStrategy::cheapest), (Order{1, 0}));
}

TEST_F(FallbackOrderTest, WrongValuesNameTheField) {
  const auto place = [&](FallbackConfig config) -> std::string {
    try {
      const FallbackProvider provider(config, ProviderOptions().engine(*engine.engine));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      return error.where();
    }
    return "nothing";
  };
  const auto with = [&](FallbackLink changed) { return FallbackConfig().link(link("a")).link(std::move(changed)); };
  EXPECT_EQ(place(FallbackConfig()), "fallback.links");
  EXPECT_EQ(place(with(link("b"))), "nothing");
  EXPECT_EQ(place(with(link("b")).max_wait(-1ms)), "fallback.max_wait");
  EXPECT_EQ(place(with(link("b")).max_wait(0ms)), "nothing");
  EXPECT_EQ(place(with(link("b")).circuit_breaker(CircuitBreakerConfig().failures(0))),
            "fallback.circuit_breaker.failures");
  EXPECT_EQ(place(with(link("b")).circuit_breaker(CircuitBreakerConfig().rest(0ms))), "fallback.circuit_breaker.rest");
  EXPECT_EQ(place(with(link("b")).circuit_breaker(CircuitBreakerConfig().rest(2s).max_rest(1s))),
            "fallback.circuit_breaker.max_rest");
  EXPECT_EQ(place(with(link("b")).hedge(HedgeConfig().delay(0ms))), "fallback.hedge.delay");
  EXPECT_EQ(place(with(link("b").weight(-1))), "fallback.links[1].weight");
  EXPECT_EQ(place(with(link("b").weight(std::nan("")))), "fallback.links[1].weight");
  EXPECT_EQ(place(with(link("b").first_content_within(0ms))), "fallback.links[1].first_content_within");
  EXPECT_EQ(place(with(link("b").price(-1, 1))), "fallback.links[1].price");
  EXPECT_EQ(place(with(link("b").price(1, std::nan("")))), "fallback.links[1].price");
  EXPECT_EQ(place(with(link("b").context_window(0))), "fallback.links[1].context_window");
  EXPECT_EQ(place(with(link("b").leave_on(ErrorKind::cancelled))), "fallback.links[1].leave_on");
  EXPECT_EQ(place(with(link("b").leave_on(ErrorKind::deadline_exceeded))), "fallback.links[1].leave_on");
  EXPECT_EQ(place(FallbackConfig().link(link("a").weight(0)).strategy(FallbackStrategy::weighted)), "fallback.links");
}

}  // namespace
}  // namespace antiphon::pipeline
