#include "config/suggestion.hpp"

#include <algorithm>

#include <antiphon/nearest_name.hpp>

namespace antiphon::inline v0::config {

std::string suggestion(std::string_view typed, const std::vector<std::string>& names, std::string_view what_they_are) {
  const std::string best = nearest_name(typed, names);
  if (!best.empty()) return "; did you mean \"" + best + "\"?";
  if (names.empty()) return {};
  constexpr std::size_t most_shown = 40;
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), most_shown); ++i) list += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most_shown) list += ", …";
  return "; " + std::string(what_they_are) + ": " + list;
}

}  // namespace antiphon::inline v0::config
