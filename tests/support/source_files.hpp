#pragma once

#include <string>
#include <vector>

namespace antiphon::test {

// Files of the source tree, by their path from the top. Each function throws when there is none.

/// All its bytes.
std::string source_text(const std::string& path);
/// Without their ends.
std::vector<std::string> source_lines(const std::string& path);

}  // namespace antiphon::test
