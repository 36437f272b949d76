#pragma once

#include <string_view>

#include "answer.hpp"

namespace antiphon::inline v0::simulator {

/// Reads the body of a Responses request as strictly as the provider does. Throws `Failure`.
Ask read_openai_responses(std::string_view body);

}  // namespace antiphon::inline v0::simulator
