#include "suggestion.hpp"

#include <algorithm>
#include <numeric>

namespace antiphon::cli {
namespace {

/// How many characters must be changed, put in, left out or swapped with the next to make one of the other.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> older(to.size() + 1);
  std::vector<std::size_t> old(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(old.begin(), old.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      row[j] = std::min({old[j] + 1, row[j - 1] + 1, old[j - 1] + (from[i - 1] != to[j - 1])});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], older[j - 2] + 1);
    }
    older.swap(old);
    old.swap(row);
  }
  return old[to.size()];
}

}  // namespace

std::string suggestion(std::string_view typed, const std::vector<std::string>& known) {
  constexpr std::size_t shortest_beginning = 4;
  const std::size_t far = std::max<std::size_t>(2, typed.size() / 4) + 1;
  std::string_view closest;
  std::size_t least = far;
  for (const std::string& name : known) {
    const bool begins = typed.size() >= shortest_beginning && std::string_view(name).starts_with(typed);
    const std::size_t between = begins ? 1 : distance(typed, name);
    if (between < least && between < name.size() / 2 + 1) {
      closest = name;
      least = between;
    }
  }
  return closest.empty() ? std::string() : "; did you mean " + std::string(closest) + "?";
}

}  // namespace antiphon::cli
