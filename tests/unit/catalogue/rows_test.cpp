// Files of rows: what a row says, and how a mistake is named.

#include <fstream>

#include "unit/catalogue/support.hpp"

namespace antiphon::catalogue_test {
namespace {

TEST(ModelRows, SayWhatStandsThere) {
  const std::string text = R"({"provider": "lab", "model": "big", "names": ["big-1", "the big one"],
    "context_window": 1000, "max_input": 900, "max_output": 100, "abilities": ["chat", "tools"], "apis": ["chat"],
    "reasoning": "Always.", "tokenizer": "cl100k_base", "note": "New.", "confidence": "medium", "source": "its page",
    "date": "2026-02-03"})";
  const std::vector<ModelRow> rows = parse_models(models(text));
  ASSERT_EQ(rows.size(), 1U);
  const ModelRow& row = rows[0];
  EXPECT_EQ(row.provider(), "lab");
  EXPECT_EQ(row.model(), "big");
  EXPECT_EQ(row.names(), (std::vector<std::string>{"big-1", "the big one"}));
  EXPECT_EQ(row.context_window(), Count(1000));
  EXPECT_EQ(row.max_input(), Count(900));
  EXPECT_EQ(row.max_output(), Count(100));
  EXPECT_TRUE(row.can("tools"));
  EXPECT_FALSE(row.can("tool"));
  EXPECT_EQ(row.apis(), std::vector<std::string>{"chat"});
  EXPECT_EQ(row.reasoning(), "Always.");
  EXPECT_EQ(row.tokenizer(), "cl100k_base");
  EXPECT_EQ(row.note(), "New.");
  EXPECT_EQ(row.confidence(), "medium");
  EXPECT_EQ(row.source(), "its page");
  EXPECT_EQ(row.date(), "2026-02-03");
  EXPECT_EQ(row.raw().text(), text);
  EXPECT_FALSE(row.priced());
}

TEST(ModelRows, WhatIsNotThereIsNotKnown) {
  const ModelRow bare = parse_models(models(R"({"provider": "lab", "model": "m"})")).at(0);
  EXPECT_FALSE(bare.context_window().known());
  EXPECT_FALSE(bare.max_input().known());
  EXPECT_FALSE(bare.max_output().known());
  EXPECT_FALSE(bare.prices().known());
  EXPECT_FALSE(bare.cost(Usage().input_tokens(1).output_tokens(1)).known());
}

TEST(ModelRows, MayBeLikeAnother) {
  const std::string rows = R"(
    {"provider": "lab", "model": "a", "names": ["aa"], "context_window": 8, "max_output": 4,
     "prices": {"input": 2, "output": 4}, "batch_multiplier": 0.5,
     "price_rules": [{"prompt_above": 5, "prices": {"input": 3, "output": 6}}]},
    {"provider": "lab", "model": "b", "like": "lab/a", "max_output": 2},
    {"provider": "lab", "model": "c", "like": "lab/b", "prices": {"input": 1, "output": 1}},
    {"provider": "azure", "model": "ours", "like": "openai/gpt-4o-mini"})";
  const std::vector<ModelRow> read = parse_models(models(rows));
  EXPECT_EQ(read.at(1).context_window(), Count(8));
  EXPECT_EQ(read.at(1).max_output(), Count(2));
  EXPECT_TRUE(read.at(1).names().empty());
  EXPECT_EQ(read.at(1).prices(at(2026, 1, 1), 6).of(Price::input), Money("3"));
  EXPECT_TRUE(read.at(1).batch_prices().known());
  EXPECT_EQ(read.at(2).prices(at(2026, 1, 1), 6).of(Price::input), Money("1")) << "other prices, other rules";
  EXPECT_FALSE(read.at(2).batch_prices().known());
  EXPECT_EQ(read.at(3).prices().of(Price::output), Money("0.6")) << "one of those that come with the library";
  EXPECT_EQ(read.at(3).provider(), "azure");
}

/// Where and what a row with these fields is refused.
void expect_mistake(const std::string& fields, const std::string& field, const std::string& words = {}) {
  const Error error =
      mistake_in(models(R"({"provider": "lab", "model": "ok"}, {"provider": "lab", "model": "m", )" + fields + "}"));
  EXPECT_EQ(error.where(), "models/1/" + field);
  EXPECT_EQ(error.message().find("lab/m: "), 0U) << error.message();
  EXPECT_TRUE(has(error.message(), words)) << error.message();
}

TEST(ModelRows, MistakesNameRowAndField) {
  expect_mistake(R"("context_windw": 1)", "context_windw", "is not known here; known are");
  expect_mistake(R"("context_window": 0)", "context_window", "whole number from 1");
  expect_mistake(R"("max_input": -1)", "max_input");
  expect_mistake(R"("max_output": "many")", "max_output");
  expect_mistake(R"("max_output": 1.5)", "max_output");
  expect_mistake(R"("abilities": "chat")", "abilities", "array");
  expect_mistake(R"("apis": [""])", "apis/0");
  expect_mistake(R"("confidence": "sure")", "confidence", "high, medium or low");
  expect_mistake(R"("date": "23.11.2026")", "date", "2026-11-23");
  expect_mistake(R"("note": 1)", "note");
  expect_mistake(R"("like": "openai")", "like", "PROVIDER/MODEL");
  expect_mistake(R"("like": "openai/nobody")", "like", "no row \"openai/nobody\"");
  // Before it is known whose row it is.
  const Error twice = mistake_in(models(R"({"provider": "lab", "model": "m", "note": "a", "note": "b"})"));
  EXPECT_EQ(twice.where(), "models/0/note");
  EXPECT_TRUE(has(twice.message(), "twice")) << twice.message();
}

TEST(ModelRows, MistakesInPricesNameThePrice) {
  expect_mistake(R"("prices": {"input": -1})", "prices/input", "at least 0");
  expect_mistake(R"("prices": {"input": "1"})", "prices/input", "must be a number");
  expect_mistake(R"("prices": {"input": 1e-3})", "prices/input", "without an exponent");
  expect_mistake(R"("prices": {"input": 0.0000000001})", "prices/input", "at most 9 decimals");
  expect_mistake(R"("prices": {"input": 1000000000000000000000})", "prices/input");
  expect_mistake(R"("prices": {"inputs": 1})", "prices/inputs", "not known");
  expect_mistake(R"("prices": {})", "prices", "no price");
  expect_mistake(R"("prices": 1)", "prices", "object");
  expect_mistake(R"("batch_multiplier": 0.5)", "batch_multiplier", "no prices");
  const std::string priced = R"("prices": {"input": 1}, )";
  expect_mistake(priced + R"("batch_multiplier": 0.1234)", "batch_multiplier", "at most 3 decimals");
  expect_mistake(priced + R"("batch_multiplier": 1000)", "batch_multiplier", "less than 1000");
  expect_mistake(R"("price_rules": [])", "price_rules", "no prices that hold");
  expect_mistake(priced + R"("price_rules": {})", "price_rules", "array");
  const auto rule = [&](const std::string& text) { return priced + R"("price_rules": [)" + text + "]"; };
  expect_mistake(rule(R"({"prompt_above": 1})"), "price_rules/0/prices", "is missing");
  expect_mistake(rule(R"({"prices": {"input": 1}})"), "price_rules/0/prices", "always hold");
  expect_mistake(rule(R"({"prompt_above": 1, "prices": {"per_1k_requests": 1}})"),
                 "price_rules/0/prices/per_1k_requests");
  expect_mistake(rule(R"({"prompt_above": -1, "prices": {"input": 1}})"), "price_rules/0/prompt_above");
  expect_mistake(rule(R"({"from": "2026-02-30", "prices": {"input": 1}})"), "price_rules/0/from", "day");
  expect_mistake(rule(R"({"from": "", "prices": {"input": 1}})"), "price_rules/0/from");
  expect_mistake(rule(R"({"utc_from": "6:00", "utc_to": "10:00", "prices": {"input": 1}})"), "price_rules/0/utc_from");
  expect_mistake(rule(R"({"utc_from": "06:00", "prices": {"input": 1}})"), "price_rules/0/utc_to");
  expect_mistake(rule(R"({"utc_from": "06:60", "utc_to": "10:00", "prices": {"input": 1}})"), "price_rules/0/utc_from");
  expect_mistake(rule(R"({"utc_from": "06:00", "utc_to": "24:01", "prices": {"input": 1}})"), "price_rules/0/utc_to");
  expect_mistake(rule(R"({"utc_from": "22:00", "utc_to": "02:00", "prices": {"input": 1}})"), "price_rules/0/utc_to",
                 "midnight");
  expect_mistake(rule(R"({"weekdays": 1, "prices": {"input": 1}})"), "price_rules/0/weekdays");
  expect_mistake(rule(R"({"until": "2026-01-01", "prices": {"input": 1}})"), "price_rules/0/until", "not known");
}

TEST(ModelRows, MistakesOfTheFileAsAWhole) {
  const auto where = [](const std::string& text) { return mistake_in(text).where(); };
  EXPECT_EQ(where("{"), "");
  EXPECT_EQ(where("[]"), "");
  EXPECT_EQ(where(R"({"models": []})"), "format");
  EXPECT_EQ(where(R"({"format": 2, "models": []})"), "format");
  EXPECT_EQ(where(R"({"format": 1})"), "models");
  EXPECT_EQ(where(R"({"format": 1, "models": [], "more": 1})"), "more");
  EXPECT_EQ(where(models("7")), "models/0");
  EXPECT_EQ(where(models(R"({"model": "m"})")), "models/0/provider");
  EXPECT_EQ(where(models(R"({"provider": "La b", "model": "m"})")), "models/0/provider");
  EXPECT_EQ(where(models(R"({"provider": "lab"})")), "models/0/model");
  EXPECT_EQ(where(models(R"({"provider": "lab", "model": "a.b"}, {"provider": "lab", "model": "A-B"})")),
            "models/1/model");
  EXPECT_EQ(
      where(models(R"({"provider": "lab", "model": "a"}, {"provider": "lab", "model": "b", "names": ["c", "a"]})")),
      "models/1/names/1");
  EXPECT_EQ(parse_models(models(R"({"provider": "lab", "model": "a"}, {"provider": "lap", "model": "a"})")).size(), 2U);
}

TEST(ModelRows, ALongChainOfLikenessesIsNotFollowedRowByRow) {
  // Each is like the one before it, which stands there whole: nothing goes down sixty thousand steps.
  std::string list = R"({"provider": "lab", "model": "m0", "context_window": 7})";
  constexpr int count = 60'000;
  for (int i = 1; i < count; ++i) {
    list +=
        R"(,{"provider":"lab","model":"m)" + std::to_string(i) + R"(","like":"lab/m)" + std::to_string(i - 1) + "\"}";
  }
  const std::vector<ModelRow> rows = parse_models(models(list));
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(rows.back().context_window(), Count(7));
}

}  // namespace
}  // namespace antiphon::catalogue_test
