// Which prices hold when.

#include "unit/catalogue/support.hpp"

namespace antiphon::catalogue_test {
namespace {

Money input(const ModelRow& row, ModelRow::Time when, std::int64_t prompt = 0) {
  return row.prices(when, prompt).of(Price::input);
}

ModelRow with_rules(const std::string& rules) {
  return row(R"("prices": {"input": 1, "output": 2, "per_1k_requests": 5}, "price_rules": [)" + rules + "]");
}

TEST(ModelPrices, EachHasItsName) {
  const std::pair<Price, const char*> all[] = {
      {Price::input, "input"},
      {Price::cached_input, "cached_input"},
      {Price::cache_write, "cache_write"},
      {Price::cache_write_1h, "cache_write_1h"},
      {Price::cache_write_12h, "cache_write_12h"},
      {Price::output, "output"},
      {Price::reasoning_output, "reasoning_output"},
      {Price::citation_output, "citation_output"},
      {Price::input_audio, "input_audio"},
      {Price::cached_input_audio, "cached_input_audio"},
      {Price::input_image, "input_image"},
      {Price::input_video, "input_video"},
      {Price::requests, "per_1k_requests"},
      {Price::web_searches, "per_1k_web_searches"},
      {Price::file_searches, "per_1k_file_searches"},
  };
  EXPECT_EQ(std::size(all), price_count);
  for (const auto& [price, name] : all) {
    EXPECT_EQ(to_string(price), name);
    const Prices prices = row("\"prices\": {\"" + std::string(name) + "\": 7}").prices(at(2026, 6, 1));
    for (const auto& [other, its_name] : all) EXPECT_EQ(prices.of(other).known(), other == price) << name << its_name;
    EXPECT_EQ(prices.of(price), Money("7")) << name;
  }
}

TEST(ModelPrices, OfLongPrompts) {
  const ModelRow row = with_rules(R"({"prompt_above": 200000, "prices": {"input": 2, "output": 3}})");
  const auto now = at(2026, 6, 1);
  EXPECT_EQ(input(row, now), Money("1"));
  EXPECT_EQ(input(row, now, 200'000), Money("1"));
  EXPECT_EQ(input(row, now, 200'001), Money("2"));
  EXPECT_EQ(row.prices(now, 200'001).of(Price::output), Money("3"));
  EXPECT_EQ(row.prices(now, 200'001).of(Price::requests), Money("5")) << "no price of tokens";
}

TEST(ModelPrices, FromADayOn) {
  const ModelRow row = with_rules(R"({"from": "2026-12-01", "prices": {"input": 2}})");
  EXPECT_EQ(input(row, at(2026, 11, 30, 23, 59)), Money("1"));
  EXPECT_EQ(input(row, at(2026, 12, 1, 0, 0)), Money("2"));
  EXPECT_FALSE(row.prices(at(2026, 12, 1)).of(Price::output).known()) << "a rule that does not say it";
}

TEST(ModelPrices, AtSomeHoursOfWeekdays) {
  // wire data: DeepSeek's peak hours, Monday to Friday. 2026-11-23 is a Monday.
  const ModelRow row =
      with_rules(R"({"utc_from": "01:00", "utc_to": "04:00", "weekdays": true, "prices": {"input": 2}})");
  EXPECT_EQ(input(row, at(2026, 11, 23, 0, 59)), Money("1"));
  EXPECT_EQ(input(row, at(2026, 11, 23, 1, 0)), Money("2"));
  EXPECT_EQ(input(row, at(2026, 11, 23, 3, 59)), Money("2"));
  EXPECT_EQ(input(row, at(2026, 11, 23, 4, 0)), Money("1"));
  EXPECT_EQ(input(row, at(2026, 11, 27, 2)), Money("2")) << "Friday";
  EXPECT_EQ(input(row, at(2026, 11, 28, 2)), Money("1")) << "Saturday";
  EXPECT_EQ(input(row, at(2026, 11, 29, 2)), Money("1")) << "Sunday";
  const ModelRow evening = with_rules(R"({"utc_from": "22:00", "utc_to": "24:00", "prices": {"input": 2}})");
  EXPECT_EQ(input(evening, at(2026, 11, 28, 23, 59)), Money("2"));
}

TEST(ModelPrices, TheLastRuleThatHoldsCounts) {
  const ModelRow row = with_rules(R"({"from": "2026-12-01", "prices": {"input": 2}},
                                     {"prompt_above": 10, "prices": {"input": 3}},
                                     {"from": "2026-12-01", "prompt_above": 10, "prices": {"input": 4}})");
  EXPECT_EQ(input(row, at(2026, 11, 1), 11), Money("3"));
  EXPECT_EQ(input(row, at(2026, 12, 2), 5), Money("2"));
  EXPECT_EQ(input(row, at(2026, 12, 2), 11), Money("4"));
}

TEST(ModelPrices, OfBatches) {
  const ModelRow half = row(R"("prices": {"input": 0.075, "cached_input": 0.0375, "per_1k_requests": 5},
                               "batch_multiplier": 0.5)");
  EXPECT_EQ(half.batch_prices().of(Price::input), Money("0.0375"));
  EXPECT_EQ(half.batch_prices().of(Price::cached_input), Money("0.01875"));
  EXPECT_EQ(half.batch_prices().of(Price::requests), Money("5"));
  EXPECT_FALSE(row(R"("prices": {"input": 1})").batch_prices().known());
}

TEST(ModelPrices, OfTheCatalogueChangeOnTheirDay) {
  // gemini-4-argon: an introductory price until 2026-11-30
  const auto row = Catalogue().find("gemini", "gemini-4-argon");
  ASSERT_TRUE(row);
  EXPECT_EQ(input(*row, at(2026, 11, 30)), Money("2"));
  EXPECT_EQ(input(*row, at(2026, 12, 1)), Money("4"));
}

}  // namespace
}  // namespace antiphon::catalogue_test
