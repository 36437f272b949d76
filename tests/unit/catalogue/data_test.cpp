// data/models.json, row by row.

#include <set>

#include <antiphon/provider_row.hpp>

#include "unit/catalogue/support.hpp"

namespace antiphon::catalogue_test {
namespace {

const std::vector<ModelRow>& all() {
  static const std::vector<ModelRow> rows = Catalogue(std::vector<ModelRow>()).rows();
  return rows;
}

std::string name_of(const ModelRow& row) { return row.provider() + "/" + row.model(); }

TEST(ModelData, HasRowsOfManyProviders) {
  std::set<std::string> providers;
  for (const ModelRow& row : all()) providers.insert(row.provider());
  EXPECT_GE(all().size(), 114U);
  EXPECT_GE(providers.size(), 15U);
}

TEST(ModelData, ProvidersAreThoseOfTheOtherFile) {
  std::set<std::string> known;
  for (const ProviderRow& provider : known_providers()) known.insert(provider.name());
  for (const ModelRow& row : all()) EXPECT_TRUE(known.contains(row.provider())) << name_of(row);
}

TEST(ModelData, EachRowSaysWhereItComesFrom) {
  for (const ModelRow& row : all()) {
    EXPECT_FALSE(row.source().empty()) << name_of(row);
    EXPECT_FALSE(row.date().empty()) << name_of(row);
    EXPECT_FALSE(row.confidence().empty()) << name_of(row);
    EXPECT_FALSE(row.abilities().empty()) << name_of(row);
  }
}

TEST(ModelData, NumbersMakeSense) {
  for (const ModelRow& row : all()) {
    for (const Count limit : {row.max_input(), row.max_output()}) {
      if (limit.known() && row.context_window().known()) {
        EXPECT_LE(limit.at_least(), row.context_window().at_least()) << name_of(row);
      }
    }
    if (!row.priced()) continue;
    const Prices prices = row.prices(at(2026, 11, 23));
    EXPECT_TRUE(prices.of(Price::input).known()) << name_of(row);
    EXPECT_EQ(prices.of(Price::output).known(), row.can("chat") || row.model() == "mistral-embed") << name_of(row);
    // What is read from a cache is never dearer, and an answer never cheaper, than the prompt.
    if (prices.of(Price::cached_input).known()) {
      EXPECT_LE(prices.of(Price::cached_input), prices.of(Price::input)) << name_of(row);
    }
    if (prices.of(Price::output).known()) {
      EXPECT_GE(prices.of(Price::output), prices.of(Price::input)) << name_of(row);
    }
    if (prices.of(Price::cache_write).known()) {
      EXPECT_GT(prices.of(Price::cache_write), prices.of(Price::input)) << name_of(row);
    }
    EXPECT_EQ(row.batch_prices().known(), row.can("batch")) << name_of(row);
  }
}

TEST(ModelData, EveryRowIsFoundByItsNames) {
  const Catalogue catalogue;
  for (const ModelRow& row : all()) {
    const auto found = catalogue.find(row.provider(), row.model());
    ASSERT_TRUE(found) << name_of(row);
    EXPECT_EQ(found->model(), row.model());
    for (const std::string& name : row.names()) {
      ASSERT_TRUE(catalogue.find(row.provider(), name)) << name;
      EXPECT_EQ(catalogue.find(row.provider(), name)->model(), row.model());
    }
  }
}

TEST(ModelData, SomeRowsAsTheirProvidersPublishThem) {
  const Catalogue catalogue;
  const auto mini = catalogue.find("openai", "gpt-4o-mini");
  ASSERT_TRUE(mini);
  EXPECT_EQ(mini->context_window(), Count(128000));
  EXPECT_EQ(mini->max_output(), Count(16384));
  EXPECT_EQ(mini->prices().of(Price::input), Money("0.15"));
  EXPECT_EQ(mini->prices().of(Price::cached_input), Money("0.075"));
  EXPECT_EQ(mini->prices().of(Price::output), Money("0.6"));
  EXPECT_EQ(mini->prices().of(Price::web_searches), Money("10"));
  EXPECT_EQ(mini->batch_prices().of(Price::output), Money("0.3"));
  EXPECT_EQ(mini->tokenizer(), "o200k_base");
  const auto haiku = catalogue.find("anthropic", "claude-haiku-4-5");
  ASSERT_TRUE(haiku);
  EXPECT_EQ(haiku->prices().of(Price::cache_write), Money("1.25"));
  EXPECT_EQ(haiku->prices().of(Price::cache_write_1h), Money("2"));
  EXPECT_TRUE(haiku->can("reasoning"));
  const auto small = catalogue.find("openai", "text-embedding-3-small");
  ASSERT_TRUE(small);
  EXPECT_EQ(small->prices().of(Price::input), Money("0.02"));
  EXPECT_FALSE(small->prices().of(Price::output).known());
  EXPECT_FALSE(small->max_output().known());
  EXPECT_TRUE(small->can("embeddings"));
  EXPECT_FALSE(small->can("chat"));
}

}  // namespace
}  // namespace antiphon::catalogue_test
