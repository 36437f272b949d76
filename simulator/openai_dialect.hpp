#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Places like `input[0].content[1].type`, with their codes.
const Dialect& openai_dialect();

/// An `invalid_request_error`.
Failure openai_refusal(std::string message, std::string param, std::string code = "");

}  // namespace antiphon::inline v0::simulator
