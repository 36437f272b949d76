#pragma once

#include <functional>
#include <string>

namespace antiphon::inline v0 {

/// Looks a variable up. Empty when it is not set; one that is set to nothing counts as not set.
using Environment = std::function<std::string(const std::string& name)>;

/// That of this process.
Environment process_environment();

}  // namespace antiphon::inline v0
