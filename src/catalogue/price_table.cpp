#include "catalogue/price_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "providers/row_file.hpp"

namespace antiphon::inline v0 {

namespace {

/// By `Price`.
constexpr std::string_view names[] = {
    "input",       "cached_input",     "cache_write",     "cache_write_1h",      "cache_write_12h",
    "output",      "reasoning_output", "citation_output", "input_audio",         "cached_input_audio",
    "input_image", "input_video",      "per_1k_requests", "per_1k_web_searches", "per_1k_file_searches"};

static_assert(std::size(names) == price_count);

}  // namespace

std::string_view to_string(Price price) { return names[static_cast<std::size_t>(price)]; }

namespace catalogue {

namespace {

using codec::mistake;
using codec::StrictObject;

constexpr std::int64_t million = 1'000'000;
/// So that a price times a factor of three decimals, for one token, is exact.
constexpr std::size_t most_decimals = 9;

/// A number of at least 0, exactly as it is written.
Money read_decimal(json::Value value, const std::string& place, std::size_t decimals) {
  const auto raw = value.type() == json::Type::number ? value.raw() : std::nullopt;
  const std::string wanted =
      "must be a number of at least 0 with at most " + std::to_string(decimals) + " decimals and without an exponent";
  if (!raw) throw mistake(place, wanted);
  const std::size_t point = raw->find('.');
  if (point != raw->npos && raw->size() - point - 1 > decimals) throw mistake(place, wanted);
  try {
    return Money(*raw);
  } catch (const Error&) {
    throw mistake(place, wanted);
  }
}

template <class Visit>
void for_each_price(Visit visit) {
  for (std::size_t i = 0; i < std::size(names); ++i) visit(static_cast<Price>(i));
}

Money for_tokens(Count tokens, Money price) {
  if (tokens.known() && tokens.at_least() <= 0) return Money::zero();
  if (price == Money::zero()) return price;
  const Money known = price.times(tokens.at_least(), million);
  return tokens.known() ? known : known + Money();
}

}  // namespace

bool is_of_tokens(Price price) { return price < Price::requests; }

Prices read_prices(json::Value value, std::string place, PricesOf which) {
  StrictObject object(value, place);
  Prices prices;
  for_each_price([&](Price price) {
    if (which == PricesOf::tokens && !is_of_tokens(price)) return;
    const std::string_view name = to_string(price);
    if (const auto member = object.find(name)) prices.set(price, read_decimal(*member, object.at(name), most_decimals));
  });
  object.finish();
  if (!prices.known()) throw mistake(std::move(place), "holds no price");
  return prices;
}

std::int64_t read_thousandths(json::Value value, const std::string& place) {
  const std::string digits = read_decimal(value, place, 3).times(1000).digits();
  constexpr std::size_t most_digits = 6;
  if (digits.size() > most_digits) throw mistake(place, "must be less than 1000");
  return std::stoll(digits);
}

Prices with_tokens(const Prices& all, const Prices& tokens) {
  Prices joint = tokens;
  for_each_price([&](Price price) {
    if (!is_of_tokens(price)) joint.set(price, all.of(price));
  });
  return joint;
}

Prices scaled(const Prices& prices, std::int64_t thousandths) {
  Prices product = prices;
  for_each_price([&](Price price) {
    if (is_of_tokens(price)) product.set(price, prices.of(price).times(thousandths, 1000));
  });
  return product;
}

Money cost_of(const Usage& usage, const Prices& prices, const Prices& usual) {
  const auto own_or = [&](Price own, Price other) { return prices.of(usual.of(own).known() ? own : other); };
  const auto part = [](Count whole, std::int64_t some) {
    const Count rest(std::max<std::int64_t>(whole.at_least() - some, 0));
    return whole.known() ? rest : rest + Count();
  };
  const std::int64_t cached = std::max<std::int64_t>(usage.cached_input_tokens().at_least(), 0);
  const std::int64_t written = std::max<std::int64_t>(usage.cache_write_tokens().at_least(), 0);
  const std::int64_t thought = std::max<std::int64_t>(usage.reasoning_tokens().at_least(), 0);
  const bool thinking_apart = usual.of(Price::reasoning_output).known();

  Money cost = for_tokens(part(usage.input_tokens(), cached + written), prices.of(Price::input));
  cost += for_tokens(cached, own_or(Price::cached_input, Price::input));
  cost += for_tokens(written, own_or(Price::cache_write, Price::input));
  cost += for_tokens(part(usage.output_tokens(), thinking_apart ? thought : 0), prices.of(Price::output));
  if (thinking_apart) cost += for_tokens(thought, prices.of(Price::reasoning_output));
  if (usual.of(Price::requests).known()) cost += prices.of(Price::requests).times(1, 1000);
  return cost;
}

}  // namespace catalogue

}  // namespace antiphon::inline v0
