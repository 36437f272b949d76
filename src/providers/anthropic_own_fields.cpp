#include "providers/anthropic_own_fields.hpp"

#include <utility>

#include "json/patch.hpp"
#include "json/pointer.hpp"
#include "providers/own_fields.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr int most_marks = 4;

}  // namespace

void AnthropicOwnFields::gather(ExtraFields& fields, const std::vector<OwnOptions>& options,
                                const std::string& where) const {
  add_own_fields(fields, options, preset_, where);
}

void AnthropicOwnFields::gather(ExtraFields& fields, const std::vector<const OwnOptions*>& options,
                                const std::string& where) const {
  for (const OwnOptions* each : options) add_own_fields(fields, {*each}, preset_, where);
}

std::string AnthropicOwnFields::onto(std::string json, ExtraFields fields, const std::string& place) {
  if (fields.has("cache_control") && !takes_mark(place)) fields.take("cache_control");
  for (const auto& [name, value] : fields) {
    std::string pointer;
    json::append_step(pointer, name);
    json = json::set_at(json, pointer, value);
  }
  return json;
}

bool AnthropicOwnFields::takes_mark(const std::string& place) {
  if (marks_ == most_marks) {
    notes_.cannot_carry(place.empty() ? "cache_control" : place + "/cache_control",
                        "a request has four cache marks at most");
    return false;
  }
  ++marks_;
  return true;
}

}  // namespace antiphon::inline v0::codec
