#include "support/markdown.hpp"

#include <sstream>
#include <stdexcept>

#include "support/source_files.hpp"

namespace antiphon::test {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == text.npos ? std::string() : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream rest(line.substr(1));
  for (std::string cell; std::getline(rest, cell, '|');) cells.push_back(trimmed(cell));
  return cells;
}

}  // namespace

std::vector<MarkdownTable> markdown_tables(const std::string& path) {
  std::vector<MarkdownTable> tables;
  std::string before;
  for (const std::string& line : source_lines(path)) {
    if (line.starts_with('|')) {
      if (!before.starts_with('|')) tables.push_back(MarkdownTable{before.starts_with("<!--") ? before : "", {}});
      if (!line.starts_with("|---")) tables.back().rows.push_back(cells_of(line));
    }
    before = line;
  }
  if (tables.empty()) throw std::runtime_error(path + " has no table");
  return tables;
}

MarkdownTable markdown_table(const std::string& path, const std::string& mark) {
  for (MarkdownTable& table : markdown_tables(path)) {
    if (table.mark == mark) return std::move(table);
  }
  throw std::runtime_error(path + " has no table behind " + mark);
}

std::string code_in(const std::string& cell) {
  const std::size_t first = cell.find('`');
  const std::size_t last = cell.rfind('`');
  return first == last ? std::string() : cell.substr(first + 1, last - first - 1);
}

}  // namespace antiphon::test
