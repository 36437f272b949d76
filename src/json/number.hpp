#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <antiphon/count.hpp>

namespace antiphon::inline v0::json {

/// The place behind the JSON number that begins at `at`; null when none does.
const char* number_end(const char* at, const char* end);

/// The whole text is one JSON number.
inline bool is_number(std::string_view text) {
  const char* end = text.data() + text.size();
  return !text.empty() && number_end(text.data(), end) == end;
}

/// The value of an integer as most are: a few digits without a sign. Unknown for anything else, other numbers included.
constexpr Count plain_integer(std::string_view text) {
  constexpr std::size_t most_digits = 18;  // whatever they are, they fit into 64 bits
  if (text.empty() || text.size() > most_digits || (text.front() == '0' && text.size() > 1)) return {};
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    value = 10 * value + (c - '0');
  }
  return value;
}

/// The value of a JSON number; unknown when it has a fraction or cannot be told exactly.
Count to_count(std::string_view number);

/// The value of a JSON number; nothing when it is out of the range of a double.
std::optional<double> to_double(std::string_view number);

}  // namespace antiphon::inline v0::json
