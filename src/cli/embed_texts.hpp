#pragma once

#include <string>
#include <vector>

namespace antiphon::cli {

/// The texts of a command line, in this order: the arguments, the lines of the files, the lines of standard input when
/// it is piped or `-` is among the arguments. Throws `UsageError` when there is none, or when a line is empty: each
/// line has its vector.
std::vector<std::string> read_texts(const std::vector<std::string>& arguments, const std::vector<std::string>& files);

}  // namespace antiphon::cli
