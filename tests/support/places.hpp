#pragma once

#include <string>

namespace antiphon::test {

/// Of something in the source tree, by its path from the top.
std::string source_path(const std::string& path);

/// Of a program that was built, by its name.
std::string program_path(const std::string& name);

}  // namespace antiphon::test
