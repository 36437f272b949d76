#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// How Bedrock says what is wrong with a request.
const Dialect& bedrock_dialect();

Failure bedrock_failure(int status, std::string message);
[[noreturn]] void refuse_bedrock(std::string message);
Failure bedrock_wrong_method();

/// `ThrottlingException`: the failure's own, or what goes with its status.
std::string bedrock_error_type(const Failure& failure);
/// The same as streams name it: `throttlingException`.
std::string bedrock_exception(const Failure& failure);

}  // namespace antiphon::inline v0::simulator
