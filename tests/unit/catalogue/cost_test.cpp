// What usage costs, by the rules of providers.md §9 and the cases worked out beside it by hand.

#include "unit/catalogue/support.hpp"

namespace antiphon::catalogue_test {
namespace {

/// All input, cached, cache-written, all output, of which thought.
Usage usage(std::int64_t input, std::int64_t cached, std::int64_t written, std::int64_t output,
            std::int64_t thought = 0) {
  Usage usage;
  usage.input_tokens(input).cached_input_tokens(cached).cache_write_tokens(written);
  return usage.output_tokens(output).reasoning_tokens(thought);
}

struct Case {
  const char* provider;
  const char* model;
  Usage usage;
  const char* dollars;
};

TEST(Cost, OfTokensOfEveryKind) {
  const Case cases[] = {
      {"openai", "gpt-4o-mini", usage(1000, 0, 0, 500), "0.00045"},
      {"openai", "gpt-5.5", usage(10000, 8000, 0, 1200), "0.05"},
      {"openai", "gpt-5.6-sol", usage(20000, 15000, 4000, 2000), "0.07"},
      // The whole request at the price of long prompts.
      {"openai", "gpt-5.5", usage(300000, 100000, 0, 1000), "2.145"},
      {"anthropic", "claude-haiku-4-5", usage(1000, 0, 0, 500), "0.0035"},
      {"anthropic", "claude-haiku-5-5", usage(150000, 0, 0, 1000), "0.0775"},
      {"gemini", "gemini-2.5-flash", usage(1000, 0, 0, 500, 300), "0.00155"},
      {"gemini", "gemini-3.1-pro-preview", usage(250000, 50000, 0, 3000, 2000), "0.874"},
      {"xai", "grok-4.3", usage(291, 290, 0, 222, 196), "0.00061425"},
      // 1000·2 + 500·8 − and 200 of the 500 thought at 3 in place of 8 − by million; no fee known.
      {"perplexity", "sonar-deep-research", usage(1000, 0, 0, 500, 200), "0.005"},
      // 1000·1 + 500·1 by million, and 12 by thousand for the request
      {"perplexity", "sonar", usage(1000, 0, 0, 500), "0.0135"},
  };
  const Catalogue catalogue;
  for (const Case& c : cases) {
    const auto row = catalogue.find(c.provider, c.model);
    ASSERT_TRUE(row) << c.model;
    EXPECT_EQ(row->cost(c.usage, at(2026, 11, 23)).digits(), c.dollars) << c.model;
    EXPECT_TRUE(row->cost(c.usage, at(2026, 11, 23)).known()) << c.model;
  }
}

TEST(Cost, FollowsTheTimeOfTheRequest) {
  // DeepSeek, trap 114: twice the price in peak hours. 10⁶ in, 10⁶ out.
  const auto row = Catalogue().find("deepseek", "deepseek-v4-pro");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cost(usage(1'000'000, 0, 0, 1'000'000), at(2026, 11, 23, 5)), Money("2.64"));
  EXPECT_EQ(row->cost(usage(1'000'000, 0, 0, 1'000'000), at(2026, 11, 23, 6)), Money("5.28"));
}

TEST(Cost, OfWhatIsNotKnownIsALowerBound) {
  const ModelRow both = row(R"("prices": {"input": 1, "output": 2})");
  const Money unsaid = both.cost(Usage().input_tokens(1'000'000));
  EXPECT_FALSE(unsaid.known());
  EXPECT_EQ(unsaid.at_least(), Money("1"));
  const ModelRow half = row(R"("prices": {"input": 1})");
  EXPECT_FALSE(half.cost(usage(1'000'000, 0, 0, 5)).known());
  EXPECT_EQ(half.cost(usage(1'000'000, 0, 0, 0)), Money("1")) << "nothing of what has no price";
  EXPECT_FALSE(both.cost(Usage()).known());
}

TEST(Cost, OfAModelThatCostsNothingIsZero) {
  const ModelRow local = row(R"("prices": {"input": 0, "output": 0})");
  EXPECT_EQ(local.cost(Usage()), Money::zero());
  EXPECT_EQ(local.cost(usage(1000, 10, 10, 1000)), Money::zero());
}

TEST(Cost, WithoutAPriceOfTheirOwnCachedTokensCountAsOthers) {
  const ModelRow plain = row(R"("prices": {"input": 1, "output": 2})");
  EXPECT_EQ(plain.cost(usage(1'000'000, 500'000, 100'000, 0)), Money("1"));
  // Where they have one, and it is not known for long prompts, the sum is not known either.
  const ModelRow longer = row(R"("prices": {"input": 1, "output": 2, "cache_write": 1.25},
                                 "price_rules": [{"prompt_above": 10, "prices": {"input": 2, "output": 2}}])");
  EXPECT_FALSE(longer.cost(usage(1'000'000, 0, 100'000, 0)).known());
  EXPECT_EQ(longer.cost(usage(1'000'000, 0, 0, 0)), Money("2"));
}

TEST(Cost, MoreCachedThanThereIsDoesNotPayBack) {
  const ModelRow row_ = row(R"("prices": {"input": 1, "cached_input": 0.5, "output": 2})");
  EXPECT_EQ(row_.cost(usage(10, 1'000'000, 0, 0)), Money("0.5"));
  EXPECT_EQ(row_.cost(usage(-5, -5, -5, -5)), Money::zero());
}

}  // namespace
}  // namespace antiphon::catalogue_test
