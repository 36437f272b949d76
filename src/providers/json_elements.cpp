#include "providers/json_elements.hpp"

#include <string_view>

#include "core/ascii.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

void append_elements(std::string& elements, const Json& array, const std::string& where) {
  check_json(array.text(), where);
  const std::string_view text = ascii::trim(array.text());
  if (!text.starts_with('[')) throw invalid(where, "must be a JSON array");
  const std::string_view inner = ascii::trim(text.substr(1, text.size() - 2));
  if (inner.empty()) return;
  if (!elements.empty()) elements += ',';
  elements += inner;
}

}  // namespace antiphon::inline v0::codec
