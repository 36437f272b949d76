#pragma once

#include <cstddef>

#include "core/answer_builder.hpp"

namespace antiphon::inline v0::codec {

/// Mends what models get wrong about a choice's tool calls, with a warning each: arguments that are JSON inside a JSON
/// string become the JSON (providers.md, trap 68); a call of the made-up tool `parallel` becomes the calls that it
/// holds (trap 76).
void mend_tool_calls(AnswerBuilder& builder, std::size_t choice);

/// Whether every tool call of a choice has arguments that are a whole JSON object.
bool tool_calls_complete(AnswerBuilder& builder, std::size_t choice);

}  // namespace antiphon::inline v0::codec
