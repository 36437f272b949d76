#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <antiphon/catalogue.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::catalogue {

enum class PricesOf { everything, tokens };

/// Whether it is one of tokens, for a million of them; else it is for a thousand.
bool is_of_tokens(Price price);

/// Reads a table of prices. Throws `Error{invalid_config}` that names the place.
Prices read_prices(json::Value value, std::string place, PricesOf which);

/// Reads a factor with at most three decimals, in thousandths.
std::int64_t read_thousandths(json::Value value, const std::string& place);

/// Those prices of tokens that `tokens` has, and the others of `all`.
Prices with_tokens(const Prices& all, const Prices& tokens);

/// All prices of tokens, times so many thousandths. Exact.
Prices scaled(const Prices& prices, std::int64_t thousandths);

/// What the tokens of one request cost at `prices`. `usual` are those that hold without any rule: what has no price
/// there has none of its own, while one that is there and not in `prices` is not known.
Money cost_of(const Usage& usage, const Prices& prices, const Prices& usual);

}  // namespace antiphon::inline v0::catalogue
