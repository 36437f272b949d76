#pragma once

#include <optional>

#include "catalogue/known_model.hpp"
#include "plan.hpp"

namespace antiphon::simulation {

/// What the catalogue of the simulation knows of a model with such prices; nothing for none.
catalogue::KnownModel known_model(const std::optional<PricePlan>& prices);

}  // namespace antiphon::simulation
