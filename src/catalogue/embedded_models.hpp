#pragma once

#include <string_view>

namespace antiphon::inline v0::catalogue {

/// `data/models.json`, put into the library when it is built.
extern const std::string_view embedded_models;

}  // namespace antiphon::inline v0::catalogue
