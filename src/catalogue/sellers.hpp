#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon::inline v0::catalogue {

/// The names of providers that are the same seller: the one asked for first, then those with the same address.
std::vector<std::string> sellers_like(std::string_view provider);

/// Whose models it runs under their names, as the name of a provider: Azure those of OpenAI. Empty for its own, and for
/// providers that we do not have.
std::string runs_models_of(std::string_view provider);

}  // namespace antiphon::inline v0::catalogue
