#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// `messages.0.content.1.text: Field required`.
const Dialect& anthropic_dialect();

/// An `invalid_request_error`.
Failure anthropic_refusal(std::string message, std::string code = "");

}  // namespace antiphon::inline v0::simulator
