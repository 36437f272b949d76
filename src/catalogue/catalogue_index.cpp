#include "catalogue/catalogue_index.hpp"

#include <algorithm>
#include <utility>

#include "catalogue/model_names.hpp"
#include "catalogue/model_row_body.hpp"
#include "catalogue/sellers.hpp"

namespace antiphon::inline v0::detail {

namespace {

using catalogue::key_of;

constexpr std::string_view bedrock = "bedrock";
/// A row of a user's for all models of a provider that have none.
constexpr std::string_view any_model = "*";

bool excepts(const ModelRow& row, std::string_view model) {
  const std::vector<std::string>& others = row.body()->except;
  return std::any_of(others.begin(), others.end(),
                     [&](const std::string& other) { return key_of({}, other) == key_of({}, model); });
}

}  // namespace

CatalogueIndex::CatalogueIndex(const std::vector<ModelRow>& rows) {
  rows_.reserve(rows.size());
  for (const ModelRow& row : rows) add(row);
}

void CatalogueIndex::add(const ModelRow& row) {
  const std::size_t place = rows_.size();
  if (!by_name_.emplace(key_of(row.provider(), row.model()), place).second) return;
  for (const std::string& name : row.names()) by_name_.emplace(key_of(row.provider(), name), place);
  if (row.provider() == bedrock) {
    by_regional_name_.emplace(key_of(bedrock, catalogue::without_region(row.model())), place);
  }
  rows_.push_back(row);
}

const ModelRow* CatalogueIndex::at(const Places& places, const std::string& key) const {
  const auto found = places.find(key);
  return found == places.end() ? nullptr : &rows_[found->second];
}

const ModelRow* CatalogueIndex::named(std::string_view provider, std::string_view model) const {
  return at(by_name_, key_of(provider, model));
}

const ModelRow* CatalogueIndex::snapshot_of(std::string_view provider, std::string_view model) const {
  if (const ModelRow* row = named(provider, model)) return row;
  for (const std::string& name : catalogue::without_snapshot(model)) {
    const ModelRow* row = named(provider, name);
    if (row && !excepts(*row, model)) return row;
  }
  return nullptr;
}

const ModelRow* CatalogueIndex::from_maker(std::string_view provider, std::string_view model) const {
  const std::string family = catalogue::runs_models_of(provider);
  const std::string whose = family.empty() ? std::string(provider) : family;
  if (const auto base = catalogue::tuned_from(model)) return snapshot_of(whose, *base);
  if (const ModelRow* row = family.empty() ? nullptr : snapshot_of(family, model)) return row;
  const auto maker = catalogue::maker_in(model);
  return maker && maker->first != provider ? snapshot_of(maker->first, maker->second) : nullptr;
}

std::optional<ModelRow> CatalogueIndex::find(std::string_view provider, std::string_view model) const {
  const std::string_view name = catalogue::without_path(model);
  const std::vector<std::string> sellers = catalogue::sellers_like(provider);
  for (const std::string& seller : sellers) {
    if (const ModelRow* row = named(seller, model)) return *row;
    if (const ModelRow* row = snapshot_of(seller, name)) return *row;
  }
  for (const std::string& seller : sellers) {
    if (const ModelRow* row = named(seller, any_model)) return *row;
  }
  const bool of_bedrock = std::find(sellers.begin(), sellers.end(), bedrock) != sellers.end();
  const ModelRow* other =
      of_bedrock ? at(by_regional_name_, key_of(bedrock, catalogue::without_region(name))) : nullptr;
  if (!other) other = from_maker(provider, name);
  return other ? std::optional(ModelRow(other->body(), false)) : std::nullopt;
}

}  // namespace antiphon::inline v0::detail
