#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// How Cohere says what is wrong with a request.
const Dialect& cohere_dialect();

Failure cohere_failure(int status, std::string message);

/// `{"id": …, "message": …}`
std::string cohere_error(const Failure& failure);

}  // namespace antiphon::inline v0::simulator
