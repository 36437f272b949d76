#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <antiphon/catalogue.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::catalogue {

/// Other prices of tokens, and when they hold: all that is set must be so.
struct PriceRule {
  using Time = ModelRow::Time;

  std::optional<std::int64_t> prompt_above = {};
  std::optional<std::chrono::sys_days> from = {};
  /// Of a day in UTC: from the first up to the second.
  std::optional<std::pair<std::chrono::minutes, std::chrono::minutes>> hours = {};
  bool weekdays = false;  ///< Monday to Friday, UTC
  Prices prices = {};

  bool applies(Time when, std::int64_t prompt_tokens) const;
};

/// Throws `Error{invalid_config}` that names the place.
PriceRule read_price_rule(json::Value value, std::string place);

}  // namespace antiphon::inline v0::catalogue
