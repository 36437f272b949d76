#include "token.hpp"

#include "leading_number.hpp"

namespace antiphon::simulation {

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
