#pragma once

#include <optional>
#include <string>
#include <vector>

namespace antiphon::cli {

/// The words of the command line as one prompt; input that was piped in follows after a blank line, `-` among the words
/// asks for it even from a terminal. Nothing when there is neither, and a terminal to ask at. Throws `UsageError` when
/// there is no prompt and nobody to ask.
std::optional<std::string> read_prompt(const std::vector<std::string>& words);

}  // namespace antiphon::cli
