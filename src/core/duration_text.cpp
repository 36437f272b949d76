#include "core/duration_text.hpp"

namespace antiphon::inline v0 {

std::string in_words(std::chrono::nanoseconds duration) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return ms % 1000 == 0 && ms != 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

std::string in_milliseconds(std::chrono::nanoseconds duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace antiphon::inline v0
