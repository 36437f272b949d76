#include "core/environment.hpp"

#include <cstdlib>

namespace antiphon::inline v0 {

Environment process_environment() {
  return [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return std::string(value ? value : "");
  };
}

}  // namespace antiphon::inline v0
