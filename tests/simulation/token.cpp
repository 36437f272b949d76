#include "token.hpp"

#include <charconv>

namespace antiphon::simulation {

namespace {

/// The number that a text begins with; drops it from the text.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

}  // namespace

std::optional<std::vector<Token>> parse_tokens(std::string_view text) {
  std::vector<Token> tokens;
  while (!text.empty()) {
    const std::optional<int> exchange = take_number(text);
    if (!exchange || !text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
    const std::optional<int> position = take_number(text);
    const std::size_t blank = text.find_first_not_of('x');
    if (!position || blank == text.npos || text[blank] != ' ') return std::nullopt;
    text.remove_prefix(blank + 1);
    tokens.emplace_back(*exchange, *position);
  }
  return tokens;
}

}  // namespace antiphon::simulation
