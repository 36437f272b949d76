#include "providers/own_fields.hpp"

#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

bool is_meant_for(std::string_view family, const Preset& preset) {
  return !family.empty() && (family == preset.family || family == preset.name || family == preset.protocol);
}

void add_own_fields(ExtraFields& fields, const std::vector<OwnOptions>& own, const Preset& preset,
                    const std::string& where) {
  for (const OwnOptions& options : own) {
    if (!is_meant_for(options.family(), preset)) continue;
    for (const auto& [name, value] : options.fields()) {
      check_json(value.text(), where + "/" + name);
      fields.add(name, value);
    }
  }
}

}  // namespace antiphon::inline v0::codec
