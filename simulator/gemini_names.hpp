#pragma once

#include <string>
#include <string_view>

#include "json.hpp"

namespace antiphon::inline v0::simulator {

/// `system_instruction` and `systemInstruction` are the same to Google: the names of a request in their second form.
/// What is the user's own (arguments, results, JSON Schemas, labels) stays as it is.
void to_camel_names(json::value& request);

std::string snake_name(std::string_view camel);

}  // namespace antiphon::inline v0::simulator
