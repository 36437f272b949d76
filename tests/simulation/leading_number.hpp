#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace antiphon::simulation {

/// The number that a text begins with; drops it from the text.
inline std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

}  // namespace antiphon::simulation
