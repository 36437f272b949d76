// Models by the names that people and providers write (providers.md §3.11, §4.1, §6.6, §6.13, §8.1; traps 107, 108: by
// dates, versions and regions, never by a mere prefix).

#include "unit/catalogue/support.hpp"

namespace antiphon::catalogue_test {
namespace {

/// `provider/model` of the row, with `$` behind it when it has prices; `nothing` when there is none.
std::string found(const Catalogue& catalogue, const std::string& provider, const std::string& model) {
  const auto row = catalogue.find(provider, model);
  if (!row) return "nothing";
  return row->provider() + "/" + row->model() + (row->priced() ? " $" : "");
}

std::string found(const std::string& provider, const std::string& model) {
  return found(Catalogue(std::vector<ModelRow>()), provider, model);
}

TEST(FindModel, ByItsName) {
  EXPECT_EQ(found("openai", "gpt-4o"), "openai/gpt-4o $");
  EXPECT_EQ(found("groq", "openai/gpt-oss-120b"), "groq/openai/gpt-oss-120b $");
  EXPECT_EQ(found("zai", "glm-5.3"), "zai/GLM-5.3 $");
  EXPECT_EQ(found("deepseek", "deepseek-v4-flash"), "deepseek/deepseek-flash $");
}

TEST(FindModel, OfAnotherApiOfTheSameSeller) {
  EXPECT_EQ(found("openai-responses", "gpt-4o"), "openai/gpt-4o $");
  EXPECT_EQ(found("bedrock-anthropic", "global.anthropic.claude-opus-5-5"),
            "bedrock/global.anthropic.claude-opus-5-5 $");
}

TEST(FindModel, ByDatedSnapshots) {
  EXPECT_EQ(found("openai", "gpt-4o-2024-08-06"), "openai/gpt-4o $");
  EXPECT_EQ(found("openai", "gpt-4o-mini-2024-07-18"), "openai/gpt-4o-mini $");
  EXPECT_EQ(found("anthropic", "claude-opus-4-1-20250805"), "anthropic/claude-opus-4-1 $");
  EXPECT_EQ(found("gemini", "gemini-2.5-flash-001"), "gemini/gemini-2.5-flash $");
  EXPECT_EQ(found("openai", "gpt-4o-2024-05-13"), "nothing") << "that one had other prices";
}

TEST(FindModel, NeverOneThatIsMerelySimilar) {
  for (const char* model :
       {"gpt-4", "gpt-4o-audio-preview", "gpt-4o-2024", "gpt-4o-20240806x", "gpt-4o-", "gpt-4oo", "o", "gpt-4o:free",
        "mini", "", "*", "-2024-08-06", "@", "-v1:0", "models/", "ft:", "/gpt-4o"}) {
    EXPECT_EQ(found("openai", model), "nothing") << model;
  }
  EXPECT_EQ(found("mistral", "mistral-large-2411"), "nothing") << "another model, not a snapshot";
  EXPECT_EQ(found("nobody", "gpt-4o"), "nothing");
  EXPECT_EQ(found("llama.cpp", "gpt-4o"), "nothing");
  EXPECT_EQ(found("ollama", "gpt-oss:20b"), "nothing");
  EXPECT_EQ(found("groq", "gpt-oss-120b"), "nothing");
}

TEST(FindModel, ByPaths) {
  EXPECT_EQ(found("gemini", "models/gemini-2.5-pro"), "gemini/gemini-2.5-pro $");
  EXPECT_EQ(found("vertex", "publishers/google/models/gemini-2.5-pro"), "gemini/gemini-2.5-pro");
  EXPECT_EQ(found("bedrock", "arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-opus-5-5"),
            "bedrock/global.anthropic.claude-opus-5-5 $");
  EXPECT_EQ(found("bedrock", "arn:aws:bedrock:us-east-1:1:application-inference-profile/x1y2"), "nothing");
}

TEST(FindModel, OfBedrock) {
  EXPECT_EQ(found("bedrock", "amazon.nova-micro-v1:0"), "bedrock/amazon.nova-micro-v1:0 $");
  EXPECT_EQ(found("bedrock", "us.anthropic.claude-opus-5-5"), "bedrock/us.anthropic.claude-opus-5-5 $");
  EXPECT_EQ(found("bedrock", "eu.anthropic.claude-opus-5-5"), "bedrock/us.anthropic.claude-opus-5-5 $");
  // Another region's price is not known, the limits are.
  EXPECT_EQ(found("bedrock", "eu.amazon.nova-micro-v1:0"), "bedrock/amazon.nova-micro-v1:0");
  EXPECT_EQ(found("bedrock", "anthropic.claude-opus-5-5"), "bedrock/global.anthropic.claude-opus-5-5");
  EXPECT_EQ(found("bedrock", "us.anthropic.claude-opus-4-1-20250805-v1:0"), "anthropic/claude-opus-4-1");
  EXPECT_EQ(found("bedrock-anthropic", "anthropic.claude-sonnet-4-5-20250929-v1:0"), "anthropic/claude-sonnet-4-5");
}

TEST(FindModel, OfVertexAndAzure) {
  EXPECT_EQ(found("anthropic-vertex", "claude-opus-4-1@20250805"), "anthropic/claude-opus-4-1");
  EXPECT_EQ(found("vertex", "gemini-2.5-flash"), "gemini/gemini-2.5-flash");
  EXPECT_EQ(found("azure", "gpt-4o-2024-08-06"), "openai/gpt-4o");
  EXPECT_EQ(found("azure-responses", "gpt-5.1"), "openai/gpt-5.1");
  EXPECT_EQ(found("azure", "our-deployment"), "nothing");
}

TEST(FindModel, OfRouters) {
  EXPECT_EQ(found("openrouter", "anthropic/claude-opus-4.5"), "anthropic/claude-opus-4-5");
  EXPECT_EQ(found("openrouter", "x-ai/grok-4.3:online"), "xai/grok-4.3");
  EXPECT_EQ(found("openrouter", "google/gemini-2.5-pro"), "gemini/gemini-2.5-pro");
  EXPECT_EQ(found("vercel", "openai/gpt-4o"), "openai/gpt-4o");
  EXPECT_EQ(found("openrouter", "openrouter/auto"), "nothing");
  EXPECT_EQ(found("openrouter", "meta-llama/llama-3.3-70b-instruct"), "nothing");
}

TEST(FindModel, OfFineTunes) {
  EXPECT_EQ(found("openai", "ft:gpt-4o-2024-08-06:team::AbC1"), "openai/gpt-4o") << "its price is another";
}

TEST(FindModel, WithoutPricesCostsAreNotKnown) {
  const auto row = Catalogue(std::vector<ModelRow>()).find("openrouter", "openai/gpt-4o");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->context_window(), Count(128000));
  EXPECT_FALSE(row->prices().known());
  EXPECT_FALSE(row->batch_prices().known());
  EXPECT_FALSE(row->cost(Usage().input_tokens(1).output_tokens(1)).known());
}

TEST(FindModel, OwnRowsWin) {
  const Catalogue catalogue(parse_models(models(R"(
    {"provider": "openai", "model": "gpt-4o", "context_window": 7, "prices": {"input": 1, "output": 1}},
    {"provider": "azure", "model": "gpt-4o", "like": "openai/gpt-4o"},
    {"provider": "ollama", "model": "*", "prices": {"input": 0, "output": 0}},
    {"provider": "ollama", "model": "dear", "prices": {"input": 9, "output": 9}})")));
  EXPECT_EQ(catalogue.find("openai", "gpt-4o")->context_window(), Count(7));
  EXPECT_EQ(found(catalogue, "azure", "gpt-4o"), "azure/gpt-4o $");
  EXPECT_EQ(found(catalogue, "azure", "gpt-4o-mini"), "openai/gpt-4o-mini");
  EXPECT_EQ(found(catalogue, "ollama", "llama3.2"), "ollama/* $");
  EXPECT_EQ(found(catalogue, "ollama", "dear"), "ollama/dear $");
  EXPECT_EQ(found(catalogue, "openai", "gpt-4o-mini"), "openai/gpt-4o-mini $");
  EXPECT_EQ(catalogue.rows().size(), Catalogue(std::vector<ModelRow>()).rows().size() + 3) << "one took a place";
}

TEST(FindModel, RowsOfOneSeller) {
  const Catalogue catalogue{std::vector<ModelRow>()};
  EXPECT_EQ(catalogue.rows("openai-responses").size(), catalogue.rows("openai").size());
  EXPECT_GT(catalogue.rows("openai").size(), 20U);
  for (const ModelRow& row : catalogue.rows("openai")) EXPECT_EQ(row.provider(), "openai");
  EXPECT_TRUE(catalogue.rows("azure").empty());
  EXPECT_TRUE(catalogue.rows("nobody").empty());
}

}  // namespace
}  // namespace antiphon::catalogue_test
