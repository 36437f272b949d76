#include "pipeline/link_facts.hpp"

#include <charconv>
#include <string>

namespace antiphon::inline v0::pipeline {

namespace {

/// Of models that make vectors there is nothing else to pay.
bool only_embeds(const ModelRow& row) { return row.can("embeddings") && !row.can("chat"); }

std::optional<double> catalogue_price(const ModelRow& row, std::chrono::system_clock::time_point when) {
  const Prices prices = row.prices(when);
  Money sum = prices.of(Price::input);
  if (!only_embeds(row)) sum += prices.of(Price::output);
  if (!sum.known()) return std::nullopt;
  const std::string digits = sum.digits();
  double price = 0;
  // Whatever decimal point the program's locale has.
  std::from_chars(digits.data(), digits.data() + digits.size(), price);
  return price;
}

}  // namespace

std::optional<std::int64_t> context_window_of(const Link& link) {
  if (link.rules && link.rules->context_window()) return link.rules->context_window();
  const ModelRow* row = link.known.row();
  if (!row || !row->context_window().known()) return std::nullopt;
  return row->context_window().at_least();
}

std::optional<double> price_of(const Link& link, std::chrono::system_clock::time_point when) {
  if (link.rules && link.rules->price()) return link.rules->price()->first + link.rules->price()->second;
  const ModelRow* row = link.known.row();
  return row ? catalogue_price(*row, when) : std::nullopt;
}

Money cost_of(const catalogue::KnownModel& model, const Usage& used, std::chrono::system_clock::time_point when) {
  const ModelRow* row = model.row();
  return row ? row->cost(used, when) : Money();
}

bool can_be_billed(const Link& link, std::chrono::system_clock::time_point when) {
  const ModelRow* row = link.known.row();
  if (!row) return false;
  const Prices prices = row->prices(when);
  return prices.of(Price::input).known() && prices.of(Price::output).known();
}

}  // namespace antiphon::inline v0::pipeline
