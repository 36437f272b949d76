#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "providers/codec.hpp"
#include "providers/embedded_rows.hpp"
#include "providers/provider_rows.hpp"

namespace antiphon::inline v0::codec {

namespace {

const RowBody* find_in(const std::vector<RowBody>& rows, std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const RowBody& row) { return row->preset.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<RowBody>& built_in_rows() {
  // Never destroyed: calls may still be in flight when the program's statics go.
  static const std::vector<RowBody>& rows = *new std::vector<RowBody>(read_provider_rows(embedded_rows, {}));
  return rows;
}

RowBody built_in_row(std::string_view name) {
  // Most programs want one, the first that is asked for here, and start sooner without the others.
  using Named = std::pair<std::string, RowBody>;
  static const Named& first = *new Named(name, read_provider_row_of(embedded_rows, name));
  if (first.first == name) return first.second;
  const RowBody* found = find_in(built_in_rows(), name);
  return found ? *found : nullptr;
}

const Preset* find_preset(std::string_view name) {
  const RowBody* found = find_in(built_in_rows(), name);
  return found ? &(*found)->preset : nullptr;
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const RowBody& row : built_in_rows()) names.push_back(row->preset.name);
  return names;
}

}  // namespace antiphon::inline v0::codec
