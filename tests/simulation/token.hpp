#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::simulation {

/// A piece of an answer that says which request it answers and which piece of it it is: `12.3 `, so that whoever reads
/// it knows where every word came from. `padding` makes it large.
class Token {
 public:
  Token(int exchange, int position) : exchange_(exchange), position_(position) {}

  int exchange() const { return exchange_; }
  int position() const { return position_; }
  std::string text(std::size_t padding = 0) const {
    return std::to_string(exchange_) + "." + std::to_string(position_) + std::string(padding, 'x') + " ";
  }
  friend bool operator==(const Token&, const Token&) = default;

 private:
  int exchange_;
  int position_;
};

/// Nothing when it is not made of whole tokens.
std::optional<std::vector<Token>> parse_tokens(std::string_view text);

}  // namespace antiphon::simulation
