#pragma once

#include <string>
#include <vector>

namespace antiphon::test {

/// A table of a document.
struct MarkdownTable {
  std::string mark;                            ///< the comment in the line before it: `<!-- keys: model -->`
  std::vector<std::vector<std::string>> rows;  ///< cells without the blanks around them; the first row is the head
};

/// Those of a document of the source tree, by its path from the top. Throws when there is none.
std::vector<MarkdownTable> markdown_tables(const std::string& path);
/// The one with that mark. Throws when there is none.
MarkdownTable markdown_table(const std::string& path, const std::string& mark);

/// What stands between the first and the last backtick of a cell; empty when there are no two.
std::string code_in(const std::string& cell);

}  // namespace antiphon::test
