#pragma once

#include <string_view>

#include "answer.hpp"

namespace antiphon::inline v0::simulator {

/// Reads the body of a Chat Completions request as strictly as the provider does. Throws `Failure`.
Ask read_openai_chat(std::string_view body);

}  // namespace antiphon::inline v0::simulator
