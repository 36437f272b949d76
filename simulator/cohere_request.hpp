#pragma once

#include <string_view>

#include "answer.hpp"

namespace antiphon::inline v0::simulator {

/// Reads the body of a chat request of version 2 as strictly as the provider does. Throws `Failure`.
Ask read_cohere(std::string_view body);

}  // namespace antiphon::inline v0::simulator
