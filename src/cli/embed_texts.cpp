#include "embed_texts.hpp"

#include <algorithm>
#include <string_view>

#include "input.hpp"
#include "terminal.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

void add_lines(const std::string& path, std::vector<std::string>& texts) {
  const std::string content = read_input(path);
  const std::string name = path == "-" ? "standard input" : path;
  std::string_view rest = content;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) throw UsageError(name + ", line " + std::to_string(number) + ": empty, so it has no vector");
    texts.emplace_back(line);
  }
}

}  // namespace

std::vector<std::string> read_texts(const std::vector<std::string>& arguments, const std::vector<std::string>& files) {
  std::vector<std::string> texts;
  for (const std::string& argument : arguments) {
    if (argument.empty()) throw UsageError("TEXT: empty, so it has no vector");
    if (argument != "-") texts.push_back(argument);
  }
  for (const std::string& file : files) add_lines(file, texts);
  const bool asked = std::count(arguments.begin(), arguments.end(), "-") != 0;
  const bool read = std::count(files.begin(), files.end(), "-") != 0;
  if ((asked || standard_input_is_piped()) && !read) add_lines("-", texts);
  if (texts.empty()) throw UsageError("no text: give some as arguments, in --file, or on lines of standard input");
  return texts;
}

}  // namespace antiphon::cli
