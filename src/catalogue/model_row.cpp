#include <algorithm>

#include "catalogue/model_row_body.hpp"
#include "catalogue/price_table.hpp"

namespace antiphon::inline v0 {

ModelRow::ModelRow(std::shared_ptr<const detail::ModelRowBody> body, bool priced)
    : body_(std::move(body)), priced_(priced) {}

std::shared_ptr<const detail::ModelRowBody> ModelRow::body() const {
  return std::static_pointer_cast<const detail::ModelRowBody>(body_);
}

const detail::ModelRowBody& ModelRow::row() const { return *static_cast<const detail::ModelRowBody*>(body_.get()); }

const std::string& ModelRow::provider() const { return row().provider; }
const std::string& ModelRow::model() const { return row().model; }
const std::vector<std::string>& ModelRow::names() const { return row().names; }
Count ModelRow::context_window() const { return row().context_window; }
Count ModelRow::max_input() const { return row().max_input; }
Count ModelRow::max_output() const { return row().max_output; }
const std::vector<std::string>& ModelRow::abilities() const { return row().abilities; }
const std::vector<std::string>& ModelRow::apis() const { return row().apis; }
const std::string& ModelRow::reasoning() const { return row().reasoning; }
const std::string& ModelRow::tokenizer() const { return row().tokenizer; }
const std::string& ModelRow::note() const { return row().note; }
const std::string& ModelRow::confidence() const { return row().confidence; }
const std::string& ModelRow::source() const { return row().source; }
const std::string& ModelRow::date() const { return row().date; }
const Json& ModelRow::raw() const { return row().raw; }

bool ModelRow::can(std::string_view ability) const {
  return std::find(abilities().begin(), abilities().end(), ability) != abilities().end();
}

bool ModelRow::priced() const { return priced_ && row().prices.known(); }

Prices ModelRow::prices(Time when, std::int64_t prompt_tokens) const {
  if (!priced_) return Prices();
  const Prices* tokens = &row().prices;
  for (const catalogue::PriceRule& rule : row().rules) {
    if (rule.applies(when, prompt_tokens)) tokens = &rule.prices;
  }
  return catalogue::with_tokens(row().prices, *tokens);
}

Prices ModelRow::batch_prices(Time when, std::int64_t prompt_tokens) const {
  if (!row().batch_thousandths) return Prices();
  return catalogue::scaled(prices(when, prompt_tokens), *row().batch_thousandths);
}

Money ModelRow::cost(const Usage& usage, Time when) const {
  const Prices now = prices(when, usage.input_tokens().at_least());
  return catalogue::cost_of(usage, now, priced_ ? row().prices : Prices());
}

}  // namespace antiphon::inline v0
