#include "support/places.hpp"

namespace antiphon::test {

std::string source_path(const std::string& path) { return std::string(ANTIPHON_SOURCE_DIR) + '/' + path; }

std::string program_path(const std::string& name) { return std::string(ANTIPHON_PROGRAM_DIR) + '/' + name; }

}  // namespace antiphon::test
