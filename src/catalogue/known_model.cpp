#include "catalogue/known_model.hpp"

#include <mutex>
#include <optional>
#include <utility>

namespace antiphon::inline v0::catalogue {

struct KnownModel::LookUp {
  LookUp(Catalogue w, std::string p, std::string m)
      : where(std::move(w)), provider(std::move(p)), model(std::move(m)) {}

  const Catalogue where;
  const std::string provider, model;
  std::once_flag once;
  std::optional<ModelRow> row;
};

KnownModel::KnownModel(Catalogue where, std::string provider, std::string model)
    : look_up_(std::make_shared<LookUp>(std::move(where), std::move(provider), std::move(model))) {}

const ModelRow* KnownModel::row() const {
  if (!look_up_) return nullptr;
  LookUp& mine = *look_up_;
  std::call_once(mine.once, [&mine] { mine.row = mine.where.find(mine.provider, mine.model); });
  return mine.row ? &*mine.row : nullptr;
}

}  // namespace antiphon::inline v0::catalogue
