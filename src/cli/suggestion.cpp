#include "suggestion.hpp"

#include <antiphon/nearest_name.hpp>

namespace antiphon::cli {

std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known) {
  const std::string meant = nearest_name(typed, known);
  return meant.empty() ? std::string() : "; did you mean " + meant + "?";
}

}  // namespace antiphon::cli
