#include "providers/row_file.hpp"

#include <algorithm>
#include <fstream>

#include "core/ascii.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20;

}  // namespace

std::string read_row_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char piece[8192];
  while (file.read(piece, sizeof piece) || file.gcount() > 0) {
    text.append(piece, static_cast<std::size_t>(file.gcount()));
    if (text.size() > most_bytes) throw mistake("", path + ": larger than 16 MiB");
  }
  if (!file.eof()) throw mistake("", path + ": cannot be read");
  return text;
}

bool is_provider_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || ascii::is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

bool is_date(std::string_view date) {
  constexpr std::string_view form = "dddd-dd-dd";
  if (date.size() != form.size()) return false;
  for (std::size_t at = 0; at < form.size(); ++at) {
    if (form[at] == 'd' ? !ascii::is_digit(date[at]) : date[at] != form[at]) return false;
  }
  return true;
}

}  // namespace antiphon::inline v0::codec
