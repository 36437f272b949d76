#include <algorithm>

#include "catalogue/model_row_body.hpp"
#include "catalogue/price_table.hpp"

namespace antiphon::inline v0 {

const std::string& ModelRow::provider() const { return body_->provider; }
const std::string& ModelRow::model() const { return body_->model; }
const std::vector<std::string>& ModelRow::names() const { return body_->names; }
Count ModelRow::context_window() const { return body_->context_window; }
Count ModelRow::max_input() const { return body_->max_input; }
Count ModelRow::max_output() const { return body_->max_output; }
const std::vector<std::string>& ModelRow::abilities() const { return body_->abilities; }
const std::vector<std::string>& ModelRow::apis() const { return body_->apis; }
const std::string& ModelRow::reasoning() const { return body_->reasoning; }
const std::string& ModelRow::tokenizer() const { return body_->tokenizer; }
const std::string& ModelRow::note() const { return body_->note; }
const std::string& ModelRow::confidence() const { return body_->confidence; }
const std::string& ModelRow::source() const { return body_->source; }
const std::string& ModelRow::date() const { return body_->date; }
const Json& ModelRow::raw() const { return body_->raw; }

bool ModelRow::can(std::string_view ability) const {
  return std::find(abilities().begin(), abilities().end(), ability) != abilities().end();
}

bool ModelRow::priced() const { return priced_ && body_->prices.known(); }

Prices ModelRow::prices(Time when, std::int64_t prompt_tokens) const {
  if (!priced_) return Prices();
  const Prices* tokens = &body_->prices;
  for (const catalogue::PriceRule& rule : body_->rules) {
    if (rule.applies(when, prompt_tokens)) tokens = &rule.prices;
  }
  return catalogue::with_tokens(body_->prices, *tokens);
}

Prices ModelRow::batch_prices(Time when, std::int64_t prompt_tokens) const {
  if (!body_->batch_thousandths) return Prices();
  return catalogue::scaled(prices(when, prompt_tokens), *body_->batch_thousandths);
}

Money ModelRow::cost(const Usage& usage, Time when) const {
  const Prices now = prices(when, usage.input_tokens().at_least());
  return catalogue::cost_of(usage, now, priced_ ? body_->prices : Prices());
}

}  // namespace antiphon::inline v0
