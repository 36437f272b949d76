#include "support/source_files.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "support/places.hpp"

namespace antiphon::test {

std::string source_text(const std::string& path) {
  std::ifstream file(source_path(path), std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file || text.empty()) throw std::runtime_error("cannot read " + path);
  return text;
}

std::vector<std::string> source_lines(const std::string& path) {
  std::istringstream text(source_text(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace antiphon::test
