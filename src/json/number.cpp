#include "json/number.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

namespace antiphon::inline v0::json {
namespace {

/// Below this a double tells each whole number apart.
constexpr double exact_limit = 9007199254740992.0;

const char* skip_digits(const char* at, const char* end) {
  while (at != end && *at >= '0' && *at <= '9') ++at;
  return at;
}

/// One digit at least; null when there is none.
const char* some_digits(const char* at, const char* end) {
  const char* behind = skip_digits(at, end);
  return behind == at ? nullptr : behind;
}

}  // namespace

const char* number_end(const char* at, const char* end) {
  if (at != end && *at == '-') ++at;
  at = at != end && *at == '0' ? at + 1 : some_digits(at, end);
  if (at != nullptr && at != end && *at == '.') at = some_digits(at + 1, end);
  if (at != nullptr && at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    at = some_digits(at, end);
  }
  return at;
}

Count to_count(std::string_view number) {
  std::int64_t integer = 0;
  const char* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, integer);
  if (read.ec == std::errc() && read.ptr == end) return integer;
  const auto value = to_double(number);
  if (!value || std::trunc(*value) != *value || std::abs(*value) >= exact_limit) return {};
  return static_cast<std::int64_t>(*value);
}

std::optional<double> to_double(std::string_view number) {
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

}  // namespace antiphon::inline v0::json
