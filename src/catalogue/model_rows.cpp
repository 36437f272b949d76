#include "catalogue/model_rows.hpp"

#include <limits>
#include <unordered_map>
#include <utility>

#include "catalogue/model_names.hpp"
#include "catalogue/price_table.hpp"
#include "providers/row_file.hpp"

namespace antiphon::inline v0::catalogue {

namespace {

using codec::inside;
using codec::mistake;
using codec::require;
using codec::StrictObject;
using detail::ModelRowBody;
using json::Value;

using RowsByName = std::unordered_map<std::string, RowBody>;

class RowReader {
 public:
  RowReader(Value value, std::string place) : row_(value, std::move(place)) {
    const auto raw = value.raw();
    require(raw.has_value(), row_.at("model"), "is in a row that is nested too deep");
    raw_ = std::string(*raw);
  }

  RowBody read(const RowsByName& before, const RowsByName& known);

 private:
  void read_identity();
  void start_like(const RowsByName& before, const RowsByName& known);
  void read_limits();
  void read_money();
  void read_labels();
  void read_count(const char* name, Count& target);

  StrictObject row_;
  std::string raw_;
  std::shared_ptr<ModelRowBody> body_ = std::make_shared<ModelRowBody>();
};

RowBody RowReader::read(const RowsByName& before, const RowsByName& known) {
  read_identity();
  const std::string name = body_->provider + "/" + body_->model;
  try {
    start_like(before, known);
    read_limits();
    read_money();
    read_labels();
    row_.finish();
  } catch (Error& error) {
    throw error.message(name + ": " + error.message());
  }
  body_->raw = Json(std::move(raw_));
  return body_;
}

void RowReader::read_identity() {
  row_.read("provider", body_->provider);
  require(codec::is_provider_name(body_->provider), row_.at("provider"),
          "must be the name of a provider: small letters, digits, \"-\", \"_\" and \".\"");
  row_.read("model", body_->model);
  require(!body_->model.empty(), row_.at("model"), "is missing");
  row_.read("names", body_->names);
  row_.read("except", body_->except);
}

void RowReader::start_like(const RowsByName& before, const RowsByName& known) {
  std::string like;
  row_.read("like", like);
  if (like.empty()) return;
  const std::size_t slash = like.find('/');
  require(slash != like.npos, row_.at("like"), "must be of the form PROVIDER/MODEL");
  const std::string key = key_of(like.substr(0, slash), like.substr(slash + 1));
  for (const RowsByName* rows : {&before, &known}) {
    const auto found = rows->find(key);
    if (found == rows->end()) continue;
    ModelRowBody copy = *found->second;
    copy.provider = std::move(body_->provider);
    copy.model = std::move(body_->model);
    copy.names = std::move(body_->names);
    copy.except = std::move(body_->except);
    *body_ = std::move(copy);
    return;
  }
  throw mistake(row_.at("like"), "there is no row \"" + like + "\" before this one");
}

void RowReader::read_count(const char* name, Count& target) {
  if (!row_.find(name)) return;
  std::size_t value = 0;
  row_.read(name, value, 1, std::numeric_limits<std::int64_t>::max());
  target = Count(static_cast<std::int64_t>(value));
}

void RowReader::read_limits() {
  read_count("context_window", body_->context_window);
  read_count("max_input", body_->max_input);
  read_count("max_output", body_->max_output);
}

void RowReader::read_money() {
  if (const auto prices = row_.find("prices")) {
    // Other prices have other rules.
    body_->rules.clear();
    body_->batch_thousandths.reset();
    body_->prices = read_prices(*prices, row_.at("prices"), PricesOf::everything);
  }
  if (const auto factor = row_.find("batch_multiplier")) {
    require(body_->prices.known(), row_.at("batch_multiplier"), "there are no prices to multiply");
    body_->batch_thousandths = read_thousandths(*factor, row_.at("batch_multiplier"));
  }
  const auto rules = row_.find("price_rules");
  if (!rules) return;
  const std::string place = row_.at("price_rules");
  require(rules->type() == json::Type::array, place, "must be an array of rules");
  require(body_->prices.known(), place, "there are no prices that hold without a rule");
  body_->rules.clear();
  rules->elements([&](Value rule) {
    body_->rules.push_back(read_price_rule(rule, inside(place, std::to_string(body_->rules.size()))));
  });
}

void RowReader::read_labels() {
  row_.read("abilities", body_->abilities);
  row_.read("apis", body_->apis);
  row_.read("reasoning", body_->reasoning);
  row_.read("tokenizer", body_->tokenizer);
  row_.read("note", body_->note);
  row_.read("confidence", body_->confidence);
  const std::string& confidence = body_->confidence;
  require(confidence.empty() || confidence == "high" || confidence == "medium" || confidence == "low",
          row_.at("confidence"), "must be high, medium or low");
  row_.read("source", body_->source);
  row_.read("date", body_->date);
  require(body_->date.empty() || codec::is_date(body_->date), row_.at("date"), "must be a day such as 2026-11-23");
}

/// The row under all of its names.
void add(RowsByName& rows, const RowBody& row, const std::string& place) {
  const auto add_name = [&](const std::string& name, const std::string& where) {
    if (rows.emplace(key_of(row->provider, name), row).second) return;
    throw mistake(where, row->provider + "/" + name + ": there is another row of that name");
  };
  add_name(row->model, inside(place, "model"));
  for (std::size_t i = 0; i < row->names.size(); ++i) {
    add_name(row->names[i], inside(place, "names/" + std::to_string(i)));
  }
}

}  // namespace

std::vector<RowBody> read_model_rows(std::string_view text, const std::vector<ModelRow>& known) {
  RowsByName theirs;
  for (const ModelRow& row : known) theirs.emplace(key_of(row.provider(), row.model()), row.body());
  std::vector<RowBody> rows;
  RowsByName by_name;
  codec::read_row_list(text, "models", [&](Value value, const std::string& place) {
    RowBody row = RowReader(value, place).read(by_name, theirs);
    add(by_name, row, place);
    rows.push_back(std::move(row));
  });
  return rows;
}

}  // namespace antiphon::inline v0::catalogue
