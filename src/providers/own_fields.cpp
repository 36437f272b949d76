#include "providers/own_fields.hpp"

#include <algorithm>

#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

bool is_meant_for(std::string_view family, const Preset& preset) {
  return !family.empty() && (family == preset.family || family == preset.name || family == preset.protocol);
}

bool came_from(const Part& part, const Preset& preset) {
  if (part.provider().empty()) return false;
  if (part.provider() == preset.name) return true;
  if (part.provider() != preset.family) return false;
  // OpenAI's two APIs are one family, and neither knows the blocks of the other.
  const Preset* namesake = find_preset(preset.family);
  return !namesake || namesake->protocol == preset.protocol;
}

bool is_of_another(const Part& part, const Preset& preset) {
  if (!part.provider().empty()) return !came_from(part, preset);
  return !part.own_options().empty() && !has_own_fields(part.own_options(), preset);
}

bool has_own_fields(const std::vector<OwnOptions>& own, const Preset& preset) {
  return std::any_of(own.begin(), own.end(),
                     [&](const OwnOptions& options) { return is_meant_for(options.family(), preset); });
}

namespace {

void add_fields(ExtraFields& fields, const OwnOptions& own, const Preset& preset, const std::string& where) {
  if (!is_meant_for(own.family(), preset)) return;
  for (const auto& [name, value] : own.fields()) {
    check_text(name, [&] { return where; });
    check_json(value.text(), where + "/" + name);
    fields.add(name, value);
  }
}

}  // namespace

void write_own_fields(json::Writer& writer, const ExtraFields& fields, const std::string& where,
                      std::initializer_list<std::string_view> written) {
  for (const std::string_view name : written) {
    if (fields.has(name)) throw invalid(where + "/" + std::string(name), "stands there already");
  }
  fields.write(writer);
}

void add_own_fields(ExtraFields& fields, const std::vector<OwnOptions>& own, const Preset& preset,
                    const std::string& where) {
  for (const OwnOptions& options : own) add_fields(fields, options, preset, where);
}

void write_own_fields(json::Writer& writer, const std::vector<OwnOptions>& own, const Preset& preset,
                      const std::string& where, std::initializer_list<std::string_view> written) {
  if (own.empty()) return;
  ExtraFields fields;
  add_own_fields(fields, own, preset, where);
  write_own_fields(writer, fields, where, written);
}

void write_own_fields(json::Writer& writer, const std::vector<const OwnOptions*>& own, const Preset& preset,
                      const std::string& where, std::initializer_list<std::string_view> written) {
  ExtraFields fields;
  for (const OwnOptions* options : own) add_fields(fields, *options, preset, where);
  write_own_fields(writer, fields, where, written);
}

void note_own_fields(RequestNotes& notes, const OwnOptions& own, const Preset& preset, const std::string& place,
                     std::initializer_list<std::string_view> taken) {
  if (!is_meant_for(own.family(), preset)) return;
  for (const auto& [name, value] : own.fields()) {
    if (std::find(taken.begin(), taken.end(), name) != taken.end()) continue;
    notes.cannot_carry(place + "/" + name, preset.name + " has no further fields there");
  }
}

void note_own_fields(RequestNotes& notes, const std::vector<OwnOptions>& own, const Preset& preset,
                     const std::string& place, std::initializer_list<std::string_view> taken) {
  for (const OwnOptions& each : own) note_own_fields(notes, each, preset, place, taken);
}

}  // namespace antiphon::inline v0::codec
