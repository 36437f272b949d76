#include "uuid.hpp"

#include "text.hpp"

namespace antiphon::inline v0::simulator {

std::string uuid_of(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  Random random(number ^ 0x75756964);
  std::string out = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  for (char& c : out) {
    if (c == 'x') c = digits[random.below(digits.size())];
  }
  return out;
}

}  // namespace antiphon::inline v0::simulator
