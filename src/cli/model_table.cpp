#include "model_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "json_object.hpp"
#include "terminal.hpp"

namespace antiphon::cli {
namespace {

constexpr std::size_t columns = 8;
using Line = std::array<std::string, columns>;

std::string shown(Count count) { return count.known() ? to_string(count) : "-"; }
std::string shown(Money price) { return price.known() ? "$" + price.digits() : "-"; }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text.empty() ? "-" : text;
}

Line line_of(const ListedModel& model) {
  Line line{one_line(model.name()), shown(model.context_window()), "-", "-", "-", "-", "-", "-"};
  if (!model.row()) return line;
  const ModelRow& row = *model.row();
  const Prices prices = row.prices();
  line[2] = shown(row.max_output());
  line[3] = shown(prices.of(Price::input));
  line[4] = shown(prices.of(Price::cached_input));
  line[5] = shown(prices.of(Price::output));
  line[6] = joined(row.abilities());
  if (!row.date().empty()) line[7] = row.date();
  return line;
}

Json prices_as_json(const Prices& prices) {
  JsonObject object;
  for (std::size_t i = 0; i < price_count; ++i) {
    const auto what = static_cast<Price>(i);
    if (prices.of(what).known()) object.json(to_string(what), Json(prices.of(what).digits()));
  }
  return object.build();
}

Json texts_as_json(const std::vector<std::string>& texts) {
  JsonArray array;
  for (const std::string& text : texts) array.add(shown_text(text));
  return array.build();
}

}  // namespace

Json as_json(const ModelRow& row) {
  JsonObject object;
  object.text("provider", row.provider()).text("model", row.model());
  const auto add_count = [&](const char* name, Count count) {
    if (count.known()) object.json(name, to_string(count));
  };
  add_count("context_window", row.context_window());
  add_count("max_input", row.max_input());
  add_count("max_output", row.max_output());
  if (row.priced()) object.json("prices", prices_as_json(row.prices()));
  const auto add_text = [&](const char* name, const std::string& text) {
    if (!text.empty()) object.text(name, text);
  };
  object.json("abilities", texts_as_json(row.abilities())).json("apis", texts_as_json(row.apis()));
  add_text("reasoning", row.reasoning());
  add_text("tokenizer", row.tokenizer());
  add_text("note", row.note());
  add_text("confidence", row.confidence());
  add_text("source", row.source());
  add_text("date", row.date());
  return object.json("row", row.raw()).build();
}

ListedModel::ListedModel(const ModelInfo& model, std::optional<ModelRow> row)
    : name_(model.id()), context_window_(model.context_window()), row_(std::move(row)) {
  if (!context_window_.known() && row_) context_window_ = row_->context_window();
}

ListedModel::ListedModel(ModelRow row)
    : name_(row.provider() + "/" + row.model()), context_window_(row.context_window()), row_(std::move(row)) {}

std::string as_table(const std::vector<ListedModel>& models) {
  std::vector<Line> lines{{"MODEL", "WINDOW", "OUTPUT", "IN", "CACHED", "OUT", "ABILITIES", "AS OF"}};
  for (const ListedModel& model : models) lines.push_back(line_of(model));
  std::array<std::size_t, columns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    for (std::size_t i = 0; i + 1 < columns; ++i) text += line[i] + std::string(widths[i] - line[i].size() + 2, ' ');
    text += line.back() + "\n";
  }
  return text;
}

Json as_json(const ListedModel& model) {
  JsonObject object;
  object.text("id", model.name());
  if (model.context_window().known()) object.json("context_window", to_string(model.context_window()));
  if (model.row()) object.json("catalogue", as_json(*model.row()));
  return object.build();
}

}  // namespace antiphon::cli
