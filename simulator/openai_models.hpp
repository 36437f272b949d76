#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon::inline v0::simulator {

/// Whether OpenAI's name of a model says that it reasons.
bool is_reasoning_model(std::string_view model);

/// The `effort` values that a reasoning model takes.
std::vector<std::string> efforts_of(std::string_view model);

/// Whether a reasoning model takes `temperature` and its kind at this effort.
bool takes_sampling(std::string_view model, std::string_view effort);

}  // namespace antiphon::inline v0::simulator
