#include <algorithm>
#include <mutex>

#include "providers/codec.hpp"
#include "providers/embedded_rows.hpp"
#include "providers/provider_rows.hpp"

namespace antiphon::inline v0::codec {

const std::vector<RowBody>& built_in_rows() {
  // Never destroyed: calls may still be in flight when the program's statics go.
  static const std::vector<RowBody>& rows = *new std::vector<RowBody>(read_provider_rows(embedded_rows, {}));
  return rows;
}

RowBody built_in_row(std::string_view name) {
  // Most programs want one, and start sooner without the others.
  struct First {
    std::once_flag read;
    std::string name;
    RowBody row;
  };
  static First& first = *new First;
  std::call_once(first.read, [&] {
    first.row = read_provider_row_of(embedded_rows, name);
    first.name = name;
  });
  if (first.name == name) return first.row;
  const std::vector<RowBody>& rows = built_in_rows();
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const RowBody& row) { return row->preset.name == name; });
  return found == rows.end() ? nullptr : *found;
}

const Preset* find_preset(std::string_view name) {
  const std::vector<RowBody>& rows = built_in_rows();
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const RowBody& row) { return row->preset.name == name; });
  return found == rows.end() ? nullptr : &(*found)->preset;
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const RowBody& row : built_in_rows()) names.push_back(row->preset.name);
  return names;
}

}  // namespace antiphon::inline v0::codec
