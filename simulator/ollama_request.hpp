#pragma once

#include <string_view>

#include "answer.hpp"

namespace antiphon::inline v0::simulator {

/// The JSON object that a body is. Throws `Failure`.
json::value read_ollama_body(std::string_view body);

/// Reads the body of an Ollama chat request. Throws `Failure`.
Ask read_ollama(std::string_view body);

}  // namespace antiphon::inline v0::simulator
