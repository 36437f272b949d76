#pragma once

#include <string>
#include <vector>

#include <antiphon/model_config.hpp>

#include "config/cursor.hpp"
#include "config/environment.hpp"

namespace antiphon::inline v0::config {

/// A model, `[models.NAME]`, with the defaults in it.
ModelConfig read_model(const Cursor& table, Environment environment);
std::vector<std::string> model_paths();

/// What may stand in `[defaults]`, read into a model that is none.
ModelConfig read_defaults(const Cursor& table, Environment environment);
std::vector<std::string> default_paths();

}  // namespace antiphon::inline v0::config
