#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// The words for how long a model may think, from the least to the most (providers.md, 1.2).
inline constexpr std::string_view reasoning_efforts[] = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};

/// What to send for `asked` where only some of these words are taken: the next lower one, or the lowest there is
/// (providers.md, trap 88). `asked` itself when it is taken, when it is none of these words, or when `taken` is empty.
template <class Words>
std::string_view nearest_effort(std::string_view asked, const Words& taken) {
  std::string_view nearest;
  bool reached = false;
  for (const std::string_view word : reasoning_efforts) {
    bool is_taken = false;
    for (const auto& one : taken) is_taken = is_taken || std::string_view(one) == word;
    if (is_taken && (nearest.empty() || !reached)) nearest = word;
    reached = reached || word == asked;
  }
  return reached && !nearest.empty() ? nearest : asked;
}

}  // namespace antiphon::inline v0::codec
