#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/catalogue.hpp>

#include "catalogue/price_rule.hpp"

namespace antiphon::inline v0 {

/// What a row says.
struct detail::ModelRowBody {
  std::string provider;
  std::string model;
  std::vector<std::string> names;
  std::vector<std::string> except;  ///< look like snapshots of it and are other models
  Count context_window;
  Count max_input;
  Count max_output;
  Prices prices;
  std::vector<catalogue::PriceRule> rules;  ///< the last that applies holds
  std::optional<std::int64_t> batch_thousandths;
  std::vector<std::string> abilities;
  std::vector<std::string> apis;
  std::string reasoning;
  std::string tokenizer;
  std::string note;
  std::string confidence;
  std::string source;
  std::string date;
  Json raw;
};

namespace catalogue {
using RowBody = std::shared_ptr<const detail::ModelRowBody>;
}

}  // namespace antiphon::inline v0
