// Providers compose without stacking pipelines: a fallback in a fallback is one pipeline with all links.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class Counting {
 public:
  Callbacks callbacks() {
    return Callbacks()
        .on_request([this](const Request&) { ++requests; })
        .on_response([this](const Request&, const Response& response) {
          ++responses;
          attempts += response.attempts().size();
        })
        .on_error([this](const Request&, const Error& error) {
          ++errors;
          attempts += error.attempts().size();
        });
  }
  int requests = 0;
  int responses = 0;
  int errors = 0;
  std::size_t attempts = 0;
};

class FallbackNestingTest : public testing::Test {
 protected:
  Provider once(const std::string& host, ProviderOptions options = ProviderOptions()) {
    return engine.provider(engine.config(host, host).retry_config(RetryConfig().max_attempts(1)), std::move(options));
  }
  ProviderOptions counted(Counting& counting) {
    return ProviderOptions().engine(*engine.engine).callbacks(counting.callbacks());
  }
  template <class Make>
  std::string place(Make make) {
    try {
      make();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      return error.where();
    }
    return "nothing";
  }

  VirtualEngine engine;
};

TEST_F(FallbackNestingTest, IsOnePipelineWithAllLinks) {
  const FallbackProvider inner(once("a"), once("b"));
  const FallbackProvider outer(inner, once("c"));
  EXPECT_EQ(outer.name(), "openai/a | openai/b | openai/c");
  EXPECT_EQ(outer.core()->links.size(), 3U);
  engine.serve("c", {good("from c")});
  const auto call = engine.run_chat(outer);
  EXPECT_EQ(call->response().content(), "from c");
  EXPECT_EQ(engine.sent.size(), 3U);
}

TEST_F(FallbackNestingTest, CallbacksSeeWhatIsTheirs) {
  Counting of_a;
  Counting of_inner;
  Counting of_outer;
  engine.serve("a", {refusing(500)});
  engine.serve("b", {refusing(500)});
  engine.serve("c", {good("from c")});
  const FallbackProvider inner(FallbackConfig().link(once("a", counted(of_a))).link(once("b")), counted(of_inner));
  const FallbackProvider outer(FallbackConfig().link(inner).link(once("c")), counted(of_outer));
  const auto call = engine.run_chat(outer);
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->attempts().size(), 3U);
  // One link, both links of the inner one, the whole call.
  EXPECT_EQ(of_a.requests, 1);
  EXPECT_EQ(of_a.errors, 1);
  EXPECT_EQ(of_a.attempts, 1U);
  EXPECT_EQ(of_inner.requests, 2);
  EXPECT_EQ(of_inner.errors, 2);
  EXPECT_EQ(of_inner.attempts, 2U);
  EXPECT_EQ(of_outer.requests, 1);
  EXPECT_EQ(of_outer.responses, 1);
  EXPECT_EQ(of_outer.attempts, 3U);
}

class Sink : public pipeline::LogSink {
 public:
  void log(LogRecord record) override { events.push_back(record.event()); }
  std::vector<std::string> events;
};

Provider logged(const Provider& provider, const std::shared_ptr<Sink>& sink) {
  auto core = std::make_shared<detail::ProviderCore>(*provider.core());
  core->settings.observers.log = sink;
  return Provider(std::move(core));
}

TEST_F(FallbackNestingTest, LoggersOfEveryLevelHearOfALink) {
  engine.serve("a", {good("from a")});
  const auto of_link = std::make_shared<Sink>();
  const auto of_inner = std::make_shared<Sink>();
  const auto of_outer = std::make_shared<Sink>();
  const Provider inner = logged(FallbackProvider(logged(once("a"), of_link), once("b")), of_inner);
  const Provider outer = logged(FallbackProvider(inner, once("c")), of_outer);
  engine.run_chat(outer);
  const std::vector<std::string> of_the_link{"attempt.start", "attempt.end"};
  EXPECT_EQ(of_link->events, of_the_link);
  EXPECT_EQ(of_inner->events, of_the_link);
  EXPECT_EQ(of_outer->events, (std::vector<std::string>{"call.start", "attempt.start", "attempt.end", "call.end"}));
}

TEST_F(FallbackNestingTest, SettingsMoveUpWhenTheOuterHandleHasNone) {
  engine.serve("a", {refusing(429, {{"retry-after", "5"}}), good("from a")});
  FallbackConfig inner;
  inner.link(engine.provider("a")).link(once("b")).max_wait(6s);
  inner.circuit_breaker(CircuitBreakerConfig().failures(2)).hedge(HedgeConfig().delay(30s));
  const FallbackProvider outer(FallbackProvider(inner), once("c"));
  EXPECT_EQ(outer.core()->settings.fallback->circuit_breaker().failures(), 2);
  EXPECT_EQ(outer.core()->settings.fallback->hedge()->delay(), 30s);
  EXPECT_EQ(engine.run_chat(outer)->response().content(), "from a") << "the wait of 5 s is sat through";
}

TEST_F(FallbackNestingTest, TwoThatDisagreeAreAnError) {
  const auto with = [&](FallbackConfig config) { return FallbackProvider(config.link(once("a")).link(once("b"))); };
  const auto outer = [&](FallbackConfig inside, FallbackConfig outside) {
    return place([&] { FallbackProvider(outside.link(with(std::move(inside))).link(once("c"))); });
  };
  const auto wait = [](std::chrono::milliseconds value) { return FallbackConfig().max_wait(value); };
  const auto breaker = [](int failures) {
    return FallbackConfig().circuit_breaker(CircuitBreakerConfig().failures(failures));
  };
  const auto hedge = [](std::chrono::milliseconds delay) { return FallbackConfig().hedge(HedgeConfig().delay(delay)); };
  EXPECT_EQ(outer(wait(3s), wait(2s)), "fallback.max_wait");
  EXPECT_EQ(outer(wait(3s), wait(3s)), "nothing");
  EXPECT_EQ(outer(FallbackConfig(), wait(3s)), "nothing");
  EXPECT_EQ(outer(breaker(3), breaker(5)), "fallback.circuit_breaker");
  EXPECT_EQ(outer(breaker(3), FallbackConfig()), "nothing");
  EXPECT_EQ(outer(hedge(1s), hedge(2s)), "fallback.hedge");
  EXPECT_EQ(outer(hedge(1s), FallbackConfig()), "nothing");
  EXPECT_EQ(outer(FallbackConfig().strategy(FallbackStrategy::weighted), FallbackConfig()), "fallback.strategy");
  // Two inside that disagree with one another.
  EXPECT_EQ(place([&] {
              const FallbackProvider other(FallbackConfig().link(once("d")).link(once("e")).max_wait(4s));
              FallbackProvider(with(wait(3s)), other);
            }),
            "fallback.max_wait");
}

TEST_F(FallbackNestingTest, RulesForAFallbackInsideAreAnErrorAndNotLost) {
  const FallbackProvider inner(once("a"), once("b"));
  const auto outer = [&](FallbackLink link) { return place([&] { FallbackProvider(std::move(link), once("c")); }); };
  EXPECT_EQ(outer(FallbackLink(inner)), "nothing");
  EXPECT_EQ(outer(FallbackLink(inner).leave_on(ErrorKind::conflict)), "fallback.links[0].leave_on");
  EXPECT_EQ(outer(FallbackLink(inner).stay_on(ErrorKind::timeout)), "fallback.links[0].leave_on");
  EXPECT_EQ(outer(FallbackLink(inner).first_content_within(1s)), "fallback.links[0].first_content_within");
  EXPECT_EQ(outer(FallbackLink(inner).accept([](const Response&) { return true; })), "fallback.links[0].accept");
  EXPECT_EQ(outer(FallbackLink(inner).weight(2)), "fallback.links[0].weight");
  EXPECT_EQ(outer(FallbackLink(inner).price(1, 2)), "fallback.links[0].price");
  EXPECT_EQ(outer(FallbackLink(inner).context_window(10)), "fallback.links[0].context_window");
}

TEST_F(FallbackNestingTest, AProviderThatIsThereTwiceIsAnError) {
  const Provider a = once("a");
  EXPECT_EQ(place([&] { FallbackProvider(a, once("b"), a); }), "fallback.links[2]");
  const FallbackProvider both(a, once("b"));
  EXPECT_EQ(place([&] { FallbackProvider(both, a); }), "fallback.links[1]");
  EXPECT_EQ(place([&] { FallbackProvider(FallbackLink(both), FallbackLink(both)); }), "fallback.links[1]");
  // Two of the same model are two: their settings may differ.
  EXPECT_EQ(place([&] { FallbackProvider(once("a"), once("a")); }), "nothing");
}

TEST_F(FallbackNestingTest, NoProviderAndTwoEnginesAreErrors) {
  EXPECT_EQ(place([&] { FallbackProvider(FallbackConfig(), ProviderOptions().engine(*engine.engine)); }),
            "fallback.links");
  VirtualEngine other;
  const Provider elsewhere = other.provider("b");
  EXPECT_EQ(place([&] { FallbackProvider(once("a"), elsewhere); }), "fallback.links[1]");
  EXPECT_EQ(place([&] { FallbackProvider(FallbackConfig().link(once("a")), ProviderOptions().engine(*other.engine)); }),
            "fallback.links[0]");
}

TEST_F(FallbackNestingTest, OneOfOneIsAllRight) {
  engine.serve("a", {good("from a")});
  EXPECT_EQ(engine.run_chat(FallbackProvider(once("a")))->response().content(), "from a");
}

}  // namespace
}  // namespace antiphon::test
