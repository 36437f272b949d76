#include "shown_text.hpp"

#include <algorithm>
#include <string>

namespace antiphon::cli {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool is_json(const Json& json) { return json.check().empty(); }

/// Length of the character that the text begins with; 0 for a byte that is none.
std::size_t first_character(std::string_view text) {
  constexpr std::size_t longest = 4;
  for (std::size_t length = 1; length <= std::min(longest, text.size()); ++length) {
    if (is_json(Json::string(text.substr(0, length)))) return length;
  }
  return 0;
}

}  // namespace

Json shown_text(std::string_view text) {
  Json whole = Json::string(text);
  if (is_json(whole)) return whole;
  std::string mended;
  while (!text.empty()) {
    const std::size_t length = first_character(text);
    mended += length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return Json::string(mended);
}

}  // namespace antiphon::cli
