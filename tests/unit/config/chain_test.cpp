// Every key of a chain and of its links, and what it does to the provider that is made.

#include "support.hpp"

namespace antiphon::config_test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view three_models = R"(
[models]
a = "ollama/a"
b = "ollama/b"
c = "ollama/c"
)";

Config with_models(std::string_view more) { return Config::parse(std::string(three_models) + std::string(more)); }

std::vector<std::string> link_names(const Provider& provider) {
  std::vector<std::string> names;
  for (const pipeline::Link& link : provider.core()->links) names.push_back(link.name);
  return names;
}

TEST(Chain, AsksItsModelsInOrder) {
  const Config config = with_models("[models.all]\nfallback = [\"b\", \"a\", \"openai/x\"]");
  const Provider provider = config.create_provider("all", ProviderOptions(), [](ModelConfig& m) { m.api_key("k"); });
  EXPECT_EQ(link_names(provider), (std::vector<std::string>{"ollama/b", "ollama/a", "openai/x"}));
  const FallbackConfig& settings = provider.core()->settings.fallback.value();
  EXPECT_EQ(settings.strategy(), FallbackStrategy::ordered);
  EXPECT_EQ(settings.max_wait(), FallbackConfig().max_wait());
  EXPECT_EQ(settings.circuit_breaker(), CircuitBreakerConfig());
  EXPECT_FALSE(settings.hedge());
  EXPECT_FALSE(provider.core()->settings.options);
}

TEST(Chain, Settings) {
  const Provider provider = with_models(R"(
[models.all]
fallback = ["a", "b"]
strategy = "lowest_latency"
max_wait = "0s"
circuit_breaker = { failures = 2, rest = "1s", max_rest = "3s" }
hedge = { delay = "700ms" }
options = { deadline = "9s" }
)")
                                .create_provider("all");
  const FallbackConfig& settings = provider.core()->settings.fallback.value();
  EXPECT_EQ(settings.strategy(), FallbackStrategy::lowest_latency);
  EXPECT_EQ(settings.max_wait(), 0ms);
  EXPECT_EQ(settings.circuit_breaker().failures(), 2);
  EXPECT_EQ(settings.circuit_breaker().rest(), 1s);
  EXPECT_EQ(settings.circuit_breaker().max_rest(), 3s);
  EXPECT_EQ(settings.hedge()->delay(), 700ms);
  EXPECT_EQ(provider.core()->settings.options->deadline_after(), 9s);
}

TEST(Chain, EveryStrategy) {
  const std::pair<const char*, FallbackStrategy> strategies[] = {{"ordered", FallbackStrategy::ordered},
                                                                 {"weighted", FallbackStrategy::weighted},
                                                                 {"lowest_latency", FallbackStrategy::lowest_latency},
                                                                 {"cheapest", FallbackStrategy::cheapest}};
  for (const auto& [name, strategy] : strategies) {
    const Config config =
        with_models(std::string("[models.all]\nfallback = [\"a\", \"b\"]\nstrategy = \"") + name + "\"");
    EXPECT_EQ(config.create_provider("all").core()->settings.fallback->strategy(), strategy) << name;
  }
}

TEST(Chain, AnEmptyTableSwitchesHedgingOn) {
  const Config config = with_models("[models.all]\nfallback = [\"a\", \"b\"]\nhedge = {}");
  EXPECT_EQ(config.create_provider("all").core()->settings.fallback->hedge()->delay(), HedgeConfig().delay());
}

TEST(Chain, RulesOfALink) {
  const Provider provider = with_models(R"(
[models.all]
fallback = [
  { model = "a", leave_on = ["invalid_request"], stay_on = ["content_filtered", "timeout"], weight = 2.5 },
  { model = "ollama/z", first_content_within = "5s", price = { input = 1, output = 2.5 }, context_window = 1000 },
]
)")
                                .create_provider("all");
  const FallbackLink& first = provider.core()->links[0].rules.value();
  EXPECT_TRUE(first.leave_on().contains(ErrorKind::invalid_request));
  EXPECT_TRUE(first.leave_on().contains(ErrorKind::rate_limited)) << "the others stay";
  EXPECT_FALSE(first.leave_on().contains(ErrorKind::content_filtered));
  EXPECT_FALSE(first.leave_on().contains(ErrorKind::timeout));
  EXPECT_EQ(first.weight(), 2.5);
  EXPECT_FALSE(first.first_content_within());
  EXPECT_FALSE(first.price());
  const FallbackLink& second = provider.core()->links[1].rules.value();
  EXPECT_EQ(second.first_content_within(), 5s);
  EXPECT_EQ(second.price(), std::pair(1.0, 2.5));
  EXPECT_EQ(second.context_window(), 1000);
  EXPECT_EQ(second.weight(), 1.0);
}

TEST(Chain, StandsForItsModels) {
  const Config config =
      with_models("[models.all]\nfallback = [\"b\", \"inner\"]\n[models.inner]\nfallback = [\"c\", \"a\"]");
  std::vector<std::string> models;
  for (const ModelConfig& each : config.models("all")) models.push_back(each.model());
  EXPECT_EQ(models, (std::vector<std::string>{"b", "c", "a"}));
  EXPECT_EQ(link_names(config.create_provider("all")), (std::vector<std::string>{"ollama/b", "ollama/c", "ollama/a"}));
}

TEST(Chain, WhatAProgramWantsWinsOverTheFile) {
  const Config config = with_models(R"(
[models.all]
fallback = [{ model = "a", weight = 3 }, "b"]
strategy = "ordered"
circuit_breaker = { failures = 9, rest = "1s" }
)");
  std::vector<std::string> seen;
  ConfigChanges changes = ConfigChanges().model([](ModelConfig& model) { model.limits(Limits().max_concurrent(1)); });
  changes.chain([](FallbackConfig& chain) {
    chain.strategy(FallbackStrategy::weighted).hedge(HedgeConfig().delay(1s));
    chain.circuit_breaker(chain.circuit_breaker().failures(1));
  });
  changes.link([&](FallbackLink& link) {
    seen.push_back(link.provider().name() + " " + std::to_string(link.weight()));
    link.weight(7).leave_on(ErrorKind::internal);
  });
  const Provider provider = config.create_provider("all", ProviderOptions(), changes);
  const FallbackConfig& settings = provider.core()->settings.fallback.value();
  EXPECT_EQ(settings.strategy(), FallbackStrategy::weighted);
  EXPECT_EQ(settings.hedge()->delay(), 1s);
  EXPECT_EQ(settings.circuit_breaker().failures(), 1);
  EXPECT_EQ(settings.circuit_breaker().rest(), 1s) << "the file's";
  EXPECT_EQ(seen, (std::vector<std::string>{"ollama/a 3.000000", "ollama/b 1.000000"}));
  for (const pipeline::Link& link : provider.core()->links) {
    EXPECT_EQ(link.rules->weight(), 7.0);
    EXPECT_TRUE(link.rules->leave_on().contains(ErrorKind::internal));
    EXPECT_EQ(link.config.limits().max_concurrent(), 1);
  }
}

TEST(Chain, InsideAChainItDoesTheSame) {
  const Config config = with_models(R"(
[models.outer]
fallback = ["c", "inner"]
max_wait = "3s"
[models.inner]
fallback = ["a", "b"]
max_wait = "3s"
hedge = {}
)");
  std::vector<std::string> seen;
  ConfigChanges changes;
  changes.chain([](FallbackConfig& chain) { chain.max_wait(1s).hedge(HedgeConfig().delay(2s)); });
  changes.link([&](FallbackLink& link) { seen.push_back(link.provider().name()); });
  const Provider provider = config.create_provider("outer", ProviderOptions(), changes);
  EXPECT_EQ(provider.core()->settings.fallback->max_wait(), 1s);
  EXPECT_EQ(provider.core()->settings.fallback->hedge()->delay(), 2s);
  EXPECT_EQ(seen, link_names(provider)) << "not the chain inside, which is no model";
}

TEST(Chain, InAChainMovesItsSettingsUp) {
  const Config config = with_models(R"(
[models.outer]
fallback = ["c", "inner"]
[models.inner]
fallback = ["a", "b"]
strategy = "weighted"
max_wait = "7s"
circuit_breaker = { failures = 9 }
hedge = { delay = "2s" }
)");
  const FallbackConfig settings = config.create_provider("outer").core()->settings.fallback.value();
  EXPECT_EQ(settings.strategy(), FallbackStrategy::weighted);
  EXPECT_EQ(settings.max_wait(), 7s);
  EXPECT_EQ(settings.circuit_breaker().failures(), 9);
  EXPECT_EQ(settings.hedge()->delay(), 2s);
}

TEST(Chain, InAChainThatSaysOtherwiseIsAnError) {
  expect_refused(R"(
[models.outer]
fallback = ["inner"]
strategy = "cheapest"
[models.inner]
fallback = ["ollama/a"]
strategy = "weighted"
)",
                 "3:12", "models.outer.strategy", "differs from that of the provider inside");
}

TEST(Chain, MustNotAskItself) {
  expect_refused("[models.a]\nfallback = [\"ollama/x\", \"a\"]", "2:25", "models.a.fallback[1]",
                 "must not ask itself: a → a");
  expect_refused(R"(
[models.a]
fallback = ["b"]
[models.b]
fallback = ["ollama/x", { model = "c" }]
[models.c]
fallback = ["a"]
)",
                 "6:13", "models.c.fallback[0]", "a → b → c → a");
}

TEST(Chain, OfModelsThatNobodyHas) {
  expect_refused("[models]\nfast = \"ollama/x\"\n[models.all]\nfallback = [\"fsat\"]", "4:13", "models.all.fallback[0]",
                 "there is no model \"fsat\"; did you mean \"fast\"?");
  expect_refused("[models.all]\nfallback = [\"nobody/x\"]", "2:13", "models.all.fallback[0]",
                 "unknown provider \"nobody\"");
}

TEST(Chain, RulesForAChainHaveNoEffect) {
  expect_refused(R"(
[models.inner]
fallback = ["ollama/a"]
[models.outer]
fallback = [{ model = "inner", weight = 2 }]
)",
                 "4:13", "models.outer.fallback[0]", "has its own rules");
}

TEST(Chain, IsBounded) {
  std::string text = "[models.c0]\nfallback = [\"ollama/a\", \"ollama/b\"]\n";
  for (int i = 1; i < 7; ++i) {
    const std::string inner = "\"c" + std::to_string(i - 1) + "\"";
    text += "[models.c" + std::to_string(i) + "]\nfallback = [" + inner + ", " + inner + "]\n";
  }
  const Error wide = refused(text);
  EXPECT_EQ(wide.where(), "models.c6");
  EXPECT_TRUE(has(wide.message(), "more than 64 models")) << wide.message();

  text = "[models.c0]\nfallback = [\"ollama/a\"]\n";
  for (int i = 1; i < 10; ++i) {
    text += "[models.c" + std::to_string(i) + "]\nfallback = [\"c" + std::to_string(i - 1) + "\"]\n";
  }
  EXPECT_TRUE(has(refused(text).message(), "nested deeper than 8"));
}

TEST(Chain, OptionsOfTheCallAsAWholeMoveUp) {
  const Config config = with_models(R"(
[models.patient]
provider = "ollama"
model = "p"
options = { deadline = "30s", continue_with = "next", temperature = 0.5 }
[models.all]
fallback = ["a", "patient"]
[models.own]
fallback = ["a", "patient"]
options = { deadline = "5s" }
)");
  const auto all = config.create_provider("all").core()->settings.options;
  EXPECT_EQ(all->deadline_after(), 30s);
  EXPECT_EQ(all->continue_with(), Continuation::next);
  EXPECT_FALSE(all->temperature()) << "that is the link's alone";
  EXPECT_EQ(config.create_provider("own").core()->settings.options->deadline_after(), 5s);
  EXPECT_EQ(config.create_provider("own").core()->settings.options->continue_with(), Continuation::next);
}

TEST(Chain, OptionsOfTheCallThatDisagreeAreAnError) {
  expect_refused(R"(
[models.a]
provider = "ollama"
model = "a"
options = { deadline = "1s" }
[models.b]
provider = "ollama"
model = "b"
options = { deadline = "2s" }
[models.all]
fallback = ["a", "b"]
)",
                 "9:9", "models.all.options.deadline", "differ");
  expect_refused(R"(
[models.a]
provider = "ollama"
model = "a"
options = { continue_with = "same" }
[models.b]
provider = "ollama"
model = "b"
options = { continue_with = "next" }
[models.all]
fallback = ["a", "b"]
)",
                 "9:9", "models.all.options.continue_with", "differ");
}

}  // namespace
}  // namespace antiphon::config_test
