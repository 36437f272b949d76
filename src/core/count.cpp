#include <antiphon/count.hpp>

#include <ostream>

namespace antiphon::inline v0 {

std::string to_string(Count count) {
  if (count.known()) return std::to_string(count.at_least());
  return count.at_least() == 0 ? "?" : "≥" + std::to_string(count.at_least());
}

std::ostream& operator<<(std::ostream& out, Count count) { return out << to_string(count); }

}  // namespace antiphon::inline v0
