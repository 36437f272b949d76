#pragma once

#include <string>
#include <string_view>

#include "json/check.hpp"
#include "json/reader.hpp"
#include "providers/strict_object.hpp"

namespace antiphon::inline v0::codec {

// What files of rows have in common, whatever the rows are about. Each function throws `Error{invalid_config}`.

/// The file's text, of at most 16 MiB.
std::string read_row_file(const std::string& path);

/// Whether it may stand before a slash on the command line.
bool is_provider_name(std::string_view name);
/// `2026-11-23`
bool is_date(std::string_view date);

inline void require(bool good, const std::string& place, const char* message) {
  if (!good) throw mistake(place, message);
}

/// Calls `visit(Value root)`.
template <class Visit>
void read_row_text(std::string_view text, Visit visit) {
  const std::string fault = json::check(text);
  if (!fault.empty()) throw mistake("", "not valid JSON: " + fault);
  json::Reader reader;
  reader.read_copy(text, visit);
  if (reader.failed()) throw mistake("", "not valid JSON: " + reader.error());
}

/// Calls `visit(Value row, std::string place)` for each row of the array `list` of a file of rows.
template <class Visit>
void read_row_list(std::string_view text, std::string_view list, Visit visit) {
  constexpr std::size_t format = 1;
  read_row_text(text, [&](json::Value root) {
    StrictObject file(root, "");
    std::size_t version = 0;
    file.read("format", version, format, format);
    require(version == format, file.at("format"), "is missing; this is format 1");
    std::string about;
    file.read("about", about);
    const auto rows = file.find(list);
    require(rows && rows->type() == json::Type::array, file.at(list), "must be an array of rows");
    file.finish();
    std::size_t index = 0;
    rows->elements([&](json::Value row) { visit(row, inside(file.at(list), std::to_string(index++))); });
  });
}

}  // namespace antiphon::inline v0::codec
