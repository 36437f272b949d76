#pragma once

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Refuses a schema that strict mode does not take: every object names all its properties as required and allows no
/// others. `owner`: for the message; `code`: of the refusal.
void check_strict_schema(const RequestObject& schema, const std::string& owner, const std::string& code);

}  // namespace antiphon::inline v0::simulator
