#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// How Google says what is wrong with a request.
const Dialect& gemini_dialect();

/// `{"error": {…}}`
std::string gemini_error(const Failure& failure);

/// An error with a reason for machines: `API_KEY_INVALID`.
Failure gemini_failure(int status, std::string message, std::string reason = "");

}  // namespace antiphon::inline v0::simulator
