#include "providers/bedrock_region.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "providers/any_json.hpp"
#include "providers/aws_region.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

void move_to_region(Target& target, const Json& region, RequestNotes& notes) {
  check_json(region.text(), "region");
  std::string name;
  read_any_json(region.text(), [&](json::Value value) { name = value.string().value_or(""); });
  const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!good) throw invalid("region", "\"" + name + "\" is no name of a region");
  std::string moved = with_region(target.base_url, name);
  if (moved == target.base_url && moved.find(name) == std::string::npos) {
    notes.cannot_carry("region", "the base URL names a host that is in no region");
  }
  target.base_url = std::move(moved);
}

}  // namespace antiphon::inline v0::codec
