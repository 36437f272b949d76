#include <antiphon/nearest_name.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "core/ascii.hpp"

namespace antiphon::inline v0 {

namespace {

constexpr std::size_t longest_name = 40;

/// How many letters must be changed, added, left out, or swapped with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

/// `max-attempts`, `Max_Attempts` and `maxattempts` are one.
std::string bare(std::string_view name) {
  std::string text = ascii::to_lower(name);
  std::erase_if(text, [](char c) { return c == '_' || c == '-'; });
  return text;
}

}  // namespace

std::string nearest_name(std::string_view typed, const std::vector<std::string>& names) {
  if (typed.size() > longest_name) return {};
  constexpr std::size_t shortest_beginning = 4;
  const std::string wanted = bare(typed);
  std::string best;
  std::size_t least = wanted.size() < 3 ? 1 : 1 + wanted.size() / 3;
  for (const std::string& name : names) {
    if (name.size() > longest_name) continue;
    const std::string known = bare(name);
    const bool begins = wanted.size() >= shortest_beginning && known.starts_with(wanted);
    const std::size_t changes = begins && known != wanted ? 1 : distance(wanted, known);
    if (changes >= least) continue;
    least = changes;
    best = name;
  }
  return best;
}

}  // namespace antiphon::inline v0
